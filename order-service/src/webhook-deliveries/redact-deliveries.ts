import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

interface Redaction {
  partitionKey: string;
  /** Members of the events' data that are to be gone. */
  fields: readonly string[];
}

/** Takes members out of the events of one key that were queued for outsiders, delivered ones included. */
export async function redactDeliveries(
  database: Database,
  tx: Transaction,
  { partitionKey, fields }: Redaction,
): Promise<void> {
  const webhooks = await database.select<{ id: string }>('SELECT id FROM webhooks', {}, tx);
  if (webhooks.length === 0) return;
  const webhookIds = webhooks.map(({ id }) => id);
  const members = fields.map((field) => `'$.data.${field}'`).join(', ');
  // All columns of the index that finds what is due: the key alone has none.
  await database.change(
    `UPDATE webhook_deliveries SET event = JSON_REMOVE(event, ${members})
      WHERE status IN ('pending', 'delivered', 'failed') AND webhook_id IN (:webhookIds)
        AND partition_key = :partitionKey`,
    { webhookIds, partitionKey },
    tx,
  );
}
