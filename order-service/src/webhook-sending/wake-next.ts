import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { never } from '../webhook-deliveries/next-at.ts';

interface Key {
  webhookId: string;
  partitionKey: string;
}

/**
 * Lets the first pending delivery of a key be sent, in the transaction that ends the one before it. The lock on that one
 * keeps a worker from parking its successor at the same time.
 */
export async function wakeNext(
  database: Database,
  tx: Transaction,
  { webhookId, partitionKey }: Key,
): Promise<void> {
  await database.change(
    `UPDATE webhook_deliveries FORCE INDEX (webhook_deliveries_next)
        SET next_at = IF(next_at = :never, due_at, next_at)
      WHERE status = 'pending' AND webhook_id = :webhookId AND partition_key = :partitionKey
      ORDER BY position LIMIT 1`,
    { never, webhookId, partitionKey },
    tx,
  );
}
