import type { Database } from '@tradepost/service-kit/database.ts';
import { seen } from './webhook-app.ts';

interface Filling {
  webhookId: string;
  keys: number;
  /** Events of each key. */
  events: number;
}

/** Queues many deliveries for a webhook with one statement: of `key 0`, `key 1` and so on, the first of each key first. */
export async function fillQueue(database: Database, { webhookId, keys, events }: Filling): Promise<void> {
  const numbers = (name: string, count: number): string =>
    `JSON_TABLE('${JSON.stringify(Array.from({ length: count }, (_, index) => index))}', '$[*]'
       COLUMNS (number INT PATH '$')) AS ${name}`;
  await database.change(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, partition_key, event)
     SELECT UUID(), :webhookId, UUID(), 'product.changed', CONCAT('key ', one.number),
            JSON_SET(:event, '$.subject', CONCAT('key ', one.number), '$.sequence', nth.number + 1)
       FROM ${numbers('nth', events)} CROSS JOIN ${numbers('one', keys)}
      ORDER BY nth.number, one.number`,
    { webhookId, event: JSON.stringify(seen('key', 1)) },
  );
}
