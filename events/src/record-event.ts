import type { Database } from '@tradepost/service-kit/database.ts';
import { currentContext } from '@tradepost/service-kit/request-context.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { CloudEvent } from './cloud-event.ts';
import type { NewEvent } from './declare-events.ts';

function toCloudEvent(
  { source, type, subject, partitionKey, sequence, data }: NewEvent,
  time: string,
): CloudEvent {
  const { traceparent } = currentContext() ?? {};
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
  const time = new Date(database.clock.now()).toISOString();
  const rows = events.map((event) => ({
    topic: event.topic,
    event: JSON.stringify(toCloudEvent(event, time)),
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
}
