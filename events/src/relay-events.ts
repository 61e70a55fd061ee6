import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { CloudEvent } from './cloud-event.ts';
import { parkRefused } from './park-event.ts';
import { type Sink, SinkAway } from './sink.ts';
import { createWaker, onRecorded } from './waker.ts';

interface RelayDependencies {
  database: Database;
  logger: Logger;
}

interface OutboxRow {
  position: number;
  topic: string;
  event: CloudEvent;
  attempts: number;
}

/** Pause after a batch that was not full: more events join the next one. */
const gatherMs = 40;
/** How soon a relay tries again to become the sender while events wait and another relay has the lease. */
const standByMs = 100;
const refusedPauseMs = 200;
const batch = 500;
/** After this long another replica takes over from one that died; by the database's clock. */
const leaseSeconds = 3;
const maxAttempts = 5;
const longestPauseMs = 2_000;

async function readWaiting(database: Database, sink: string): Promise<OutboxRow[]> {
  const rows = await database.select<Omit<OutboxRow, 'event'> & { event: string }>(
    `SELECT position, topic, event, attempts FROM outbox WHERE sink = :sink ORDER BY position LIMIT :batch`,
    { sink, batch },
  );
  return rows.map((row) => ({ ...row, event: JSON.parse(row.event) as CloudEvent }));
}

async function forget(database: Database, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const positions = rows.map(({ position }) => position);
  await database.transaction((tx) =>
    database.change('DELETE FROM outbox WHERE position IN (:positions)', { positions }, tx),
  );
}

/** Counts a refusal, and parks an event that was refused often enough; tells whether it is out of the way. */
async function blame(
  { database, logger }: RelayDependencies,
  { row, sink, error }: { row: OutboxRow; sink: string; error: unknown },
): Promise<boolean> {
  const attempts = row.attempts + 1;
  const { position, event } = row;
  logger.warn('a sink refuses an event', { sink, eventId: event.id, type: event.type, attempts, error });
  if (attempts >= maxAttempts) {
    await parkRefused(database, { position, sink, topic: row.topic, error, attempts });
    return true;
  }
  await database.change('UPDATE outbox SET attempts = :attempts WHERE position = :position', {
    attempts,
    position,
  });
  return false;
}

/** Finds out which events a sink refuses, one after the other; those behind a refused one of their key wait with it. */
async function relayOneByOne(
  dependencies: RelayDependencies,
  sink: Sink,
  rows: readonly OutboxRow[],
): Promise<boolean> {
  const waiting = new Set<string>();
  for (const row of rows) {
    if (waiting.has(row.event.partitionkey)) continue;
    try {
      await sink.send([row]);
      await forget(dependencies.database, [row]);
    } catch (error) {
      if (error instanceof SinkAway) throw error;
      if (!(await blame(dependencies, { row, sink: sink.name, error }))) waiting.add(row.event.partitionkey);
    }
  }
  return waiting.size === 0;
}

/**
 * Whether this relay may send: one at a time does, so that what is sent keeps its order. To be asked after reading and
 * before sending: this COMMIT also makes durable what was read. InnoDB shows a commit to others before it has flushed it,
 * and flushes its log in order; without this, an event could be told whose change is lost with the server.
 */
async function holdLease(database: Database, lease: { sink: string; holder: string }): Promise<boolean> {
  // Counted, so that the row changes even when the clock does not.
  const held = await database.change(
    `UPDATE outbox_sinks
        SET holder = :holder, lease_until = NOW(3) + INTERVAL :leaseSeconds SECOND, batches = batches + 1
      WHERE name = :sink AND (holder = :holder OR lease_until <= NOW(3))`,
    { ...lease, leaseSeconds },
  );
  return held === 1;
}

async function releaseLease(database: Database, lease: { sink: string; holder: string }): Promise<void> {
  await database.change(
    'UPDATE outbox_sinks SET lease_until = NOW(3) WHERE name = :sink AND holder = :holder',
    lease,
  );
}

/** What a relay does after a batch: the next one after a pause in milliseconds, or nothing until it is woken. */
type Next = number | 'idle';

/** Relays batches of one sink; the returned function relays the next one. */
function relayBatches(dependencies: RelayDependencies, sink: Sink, holder: string): () => Promise<Next> {
  const { database } = dependencies;
  const lease = { sink: sink.name, holder };
  let isSender = false;
  return async () => {
    const rows = await readWaiting(database, sink.name);
    if (rows.length === 0) {
      // The next event may be recorded by another process, which then becomes the sender at once.
      if (isSender) await releaseLease(database, lease);
      isSender = false;
      return 'idle';
    }
    isSender = await holdLease(database, lease);
    if (!isSender) return standByMs;
    try {
      await sink.send(rows);
    } catch (error) {
      if (error instanceof SinkAway) throw error;
      return (await relayOneByOne(dependencies, sink, rows)) ? 0 : refusedPauseMs;
    }
    await forget(database, rows);
    return rows.length === batch ? 0 : gatherMs;
  };
}

/** Turns each failure into a pause, exponential up to 2 s, and logs the first failure and the end of the failures. */
function relayWithPauses(logger: Logger, sink: Sink, relayNext: () => Promise<Next>): () => Promise<Next> {
  let failures = 0;
  return async () => {
    try {
      const next = await relayNext();
      if (failures > 0) logger.info('events are relayed again', { sink: sink.name });
      failures = 0;
      return next;
    } catch (error) {
      if (failures === 0) logger.warn('events wait', { sink: sink.name, error });
      failures += 1;
      return Math.min(longestPauseMs, gatherMs * 2 ** failures);
    }
  };
}

/**
 * Sends the waiting events of a sink, by position, at least once; a batch is deleted when the sink has taken it. Runs in
 * every replica, and one of them sends: when it dies, another one goes on within 4 s, with the batch that was at work.
 * An event that the sink refuses five times is parked, and those behind it go on. A sink that is away refuses no event.
 * @returns wake(), after which the relay looks for events; it works until none is left
 */
export function relayEvents(
  dependencies: RelayDependencies,
  sink: Sink,
): { wake: () => void; stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  const stopping = new AbortController();
  const { signal } = stopping;
  const holder = randomUUID();
  const waker = createWaker();
  const endListening = onRecorded(waker.wake);
  const relayPatiently = relayWithPauses(logger, sink, relayBatches(dependencies, sink, holder));
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const next = await relayPatiently();
      if (next === 'idle') await waker.sleep();
      else if (next > 0) await sleep(next, undefined, { signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    wake: waker.wake,
    stop: async () => {
      stopping.abort();
      endListening();
      waker.wake();
      await looping;
      await releaseLease(database, { sink: sink.name, holder }).catch(() => undefined);
      await sink.close?.();
    },
  };
}
