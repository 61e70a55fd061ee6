import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import { wants } from '../event-types/type-filter.ts';
import { listListening } from '../webhooks/webhooks.queries.ts';

/** Queues events for every webhook that wants them, in the transaction that takes the events: each is queued once. */
export async function queueDeliveries(
  { database }: { database: Database },
  tx: Transaction,
  events: readonly CloudEvent[],
): Promise<void> {
  const listening = await listListening(tx);
  const rows = events.flatMap((event) =>
    listening
      .filter(({ types }) => wants(types, event.type))
      .map(({ id: webhookId }) => {
        const { id: eventId, type, partitionkey: key } = event;
        return { id: uuidv7(), webhookId, eventId, type, key, event: JSON.stringify(event) };
      }),
  );
  if (rows.length === 0) return;
  await database.change(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, partition_key, event)
     SELECT one.id, one.webhook_id, one.event_id, one.type, one.partition_key, one.event
       FROM JSON_TABLE(:rows, '$[*]' COLUMNS (
              number        FOR ORDINALITY,
              id            CHAR(36) CHARACTER SET ascii PATH '$.id',
              webhook_id    CHAR(36) CHARACTER SET ascii PATH '$.webhookId',
              event_id      CHAR(36) CHARACTER SET ascii PATH '$.eventId',
              type          VARCHAR(100) CHARACTER SET ascii PATH '$.type',
              partition_key VARCHAR(100) CHARACTER SET ascii PATH '$.key',
              event         MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$.event')) AS one
      ORDER BY one.number`,
    { rows: JSON.stringify(rows) },
    tx,
  );
}
