import { afterCommit, type Database } from '@tradepost/service-kit/database.ts';
import type { Statement, StatementResult } from '@tradepost/service-kit/packet-transaction.ts';
import { currentContext } from '@tradepost/service-kit/request-context.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { CloudEvent } from './cloud-event.ts';
import type { NewEvent } from './declare-events.ts';
import { announceRecorded } from './waker.ts';

function toCloudEvent(
  { source, type, subject, partitionKey, sequence, data }: NewEvent,
  { time, traceparent }: { time: string; traceparent: string | undefined },
): CloudEvent {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source,
    type,
    subject,
    time,
    datacontenttype: 'application/json',
    partitionkey: partitionKey ?? subject,
    sequence,
    ...(traceparent && { traceparent }),
    data: data as CloudEvent['data'],
  };
}

/**
 * Writes events down in the transaction that makes them true, once for each sink: both commit, or none.
 * Whoever calls has the row of the subject locked, by its insert or its update. So the positions of events about one thing
 * rise in the order of their commits, and a relay that reads by position never passes one by.
 * @throws Error when no sink is registered: the events would be lost in silence
 */
export async function recordEvents(
  database: Database,
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const about = {
    time: new Date(database.clock.now()).toISOString(),
    traceparent: currentContext()?.traceparent,
  };
  const rows = events.map((event) => ({
    topic: event.topic,
    event: JSON.stringify(toCloudEvent(event, about)),
  }));
  const recorded = await database.change(
    `INSERT INTO outbox (sink, topic, event)
     SELECT sinks.name, one.topic, one.event
       FROM JSON_TABLE(:rows, '$[*]' COLUMNS (
              number FOR ORDINALITY,
              topic  VARCHAR(100) CHARACTER SET ascii PATH '$.topic',
              event  MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$.event')) AS one
      CROSS JOIN outbox_sinks AS sinks
      ORDER BY one.number`,
    { rows: JSON.stringify(rows) },
    tx,
  );
  if (recorded < events.length)
    throw new Error('No sink is registered for events: call registerSinks() first.');
  afterCommit(announceRecorded);
}

/** An event of a group, with the trace of the request that it belongs to. */
export interface GroupedEvent {
  event: NewEvent;
  traceparent: string | undefined;
}

/** Reads the sinks that insertEvents needs. */
export const selectSinks: Statement = { sql: 'SELECT name FROM outbox_sinks', values: [] };

/**
 * The statement that records events of a group, under the rule of recordEvents. Call it inside the transaction: the
 * relays of this process wake when it has committed.
 * @param sinks result of selectSinks in the same transaction
 * @param now time of the events, by the database's clock
 * @throws Error when no sink is registered
 */
export function insertEvents(
  sinks: StatementResult | undefined,
  events: readonly GroupedEvent[],
  now: Date,
): Statement {
  const names = (sinks?.rows ?? []).map(({ name }) => name as string);
  if (names.length === 0) throw new Error('No sink is registered for events: call registerSinks() first.');
  const rows = events.flatMap(({ event, traceparent }) => {
    const text = JSON.stringify(toCloudEvent(event, { time: now.toISOString(), traceparent }));
    return names.map((name) => [name, event.topic, text]);
  });
  afterCommit(announceRecorded);
  return { sql: 'INSERT INTO outbox (sink, topic, event) VALUES ?', values: [rows] };
}
