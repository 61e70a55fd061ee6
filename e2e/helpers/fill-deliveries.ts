import { randomUUID } from 'node:crypto';
import type { Query } from '../../scripts/prove/query-databases.ts';

interface Filling {
  webhookId: string;
  /** In thousands. */
  thousands: number;
  /** How many deliveries share a key. */
  perKey: number;
}

const thousand = JSON.stringify(Array.from({ length: 1_000 }, (_unused, index) => index));
const event = JSON.stringify({
  specversion: '1.0',
  type: 'product.changed',
  data: { text: 'x'.repeat(100) },
});

/** Queues thousands of deliveries for a webhook, with ids that ascend as those of the service do. */
export async function fillDeliveries(query: Query, { webhookId, thousands, perKey }: Filling): Promise<void> {
  const prefix = randomUUID().slice(0, 24);
  await query('SET SESSION foreign_key_checks = 0');
  for (let part = 0; part < thousands; part += 1) {
    const number = `(${part * 1_000} + one.number)`;
    const id = `CONCAT('${prefix}', LPAD(${number}, 12, '0'))`;
    await query(
      `INSERT INTO ordersDB.webhook_deliveries (id, webhook_id, event_id, type, partition_key, event)
       SELECT ${id}, '${webhookId}', ${id}, 'product.changed', CONCAT('key ', FLOOR(${number} / ${perKey})), '${event}'
         FROM JSON_TABLE('${thousand}', '$[*]' COLUMNS (number INT PATH '$')) AS one`,
    );
  }
  await query('ANALYZE TABLE ordersDB.webhook_deliveries');
}
