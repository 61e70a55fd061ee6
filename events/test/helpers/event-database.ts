import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, cloudEvent } from '@tradepost/events/cloud-event.ts';
import { type NewEvent } from '@tradepost/events/declare-events.ts';
import { recordEvents } from '@tradepost/events/record-event.ts';
import type { OutgoingEvent, Sink } from '@tradepost/events/sink.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';

/** Any service's tables of events: they are the same in all. */
const migrations = path.join(import.meta.dirname, '../../../auth-service/migrations');

export const openEventDatabase = (poolSize = 4): Promise<TestDatabase> =>
  createTestDatabase(migrations, poolSize);

export function somethingHappened(subject: string, sequence: number, data: object = {}): NewEvent {
  return { source: '/test/things', topic: 'test.things', type: 'thing.changed', subject, sequence, data };
}

export async function record(database: TestDatabase, ...events: NewEvent[]): Promise<void> {
  await database.transaction((tx) => recordEvents(database, tx, events));
}

export const countRows = async (database: TestDatabase, table: string): Promise<number> => {
  const [row] = await database.select<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`);
  return Number(row?.count);
};

export async function emptyTables(database: TestDatabase): Promise<void> {
  for (const table of ['outbox', 'outbox_sinks', 'inbox', 'inbox_sequences', 'dead_letters'])
    await database.change(`DELETE FROM ${table}`, {});
}

/** A sink that keeps what it takes, and does before that what the test says. */
export class ListeningSink implements Sink {
  readonly taken: CloudEvent[] = [];
  readonly name: string;
  before: (events: readonly OutgoingEvent[]) => Promise<void> | void = () => undefined;

  constructor(name = 'listening') {
    this.name = name;
  }

  async send(events: readonly OutgoingEvent[]): Promise<void> {
    await this.before(events);
    this.taken.push(...events.map(({ event }) => cloudEvent.parse(event)));
  }
}

export async function eventually(isSo: () => Promise<boolean> | boolean, withinMs = 15_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`It is still not so after ${withinMs} ms.`);
    await sleep(10);
  }
}

/** The sequences of each subject, in the order in which they were first taken. */
export function sequencesOf(events: readonly CloudEvent[]): Record<string, number[]> {
  const seen = new Set<string>();
  const first = events.filter(({ id }) => !seen.has(id) && seen.add(id));
  const bySubject = Map.groupBy(first, ({ subject }) => subject);
  return Object.fromEntries(
    [...bySubject].map(([subject, of]) => [subject, of.map(({ sequence }) => sequence)]),
  );
}
