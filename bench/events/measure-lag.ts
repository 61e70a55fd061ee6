import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../../scripts/local/api-client.ts';
import { logIn } from '../../scripts/local/account-calls.ts';
import type { Stack } from '../../scripts/local/start-stack.ts';
import { asRoot } from '../../scripts/prove/query-databases.ts';

export interface Lag {
  events: number;
  /** Milliseconds from the moment that stands in an event to the transaction in which it takes effect. */
  p50: number;
  p99: number;
}

const products = 400;
const everyMs = 75;
/** Nobody listens there, and nothing inside is called: what is queued is all that is wanted. */
export const receiver = '127.0.0.1:9';

/** Offers a product now and then, and reads from what is queued for a webhook how late order-service knew. */
export async function measureLag({ url, admin, database }: Stack): Promise<Lag> {
  const callApi = createApiClient(url);
  const token = await logIn(callApi, admin);
  const webhook = { url: `http://${receiver}/`, types: ['product.created'] };
  await callApi({ method: 'POST', path: '/webhooks', token, body: webhook });
  const product = { name: 'A kettle', description: '', price: { amount: 2500, currency: 'EUR' } };
  for (let made = 0; made < products; made += 1) {
    await callApi({ method: 'POST', path: '/products', token, body: product });
    await sleep(everyMs);
  }
  await sleep(2_000);
  return asRoot(database, async (query) => {
    const rows = await query<{ lagMs: number }>(
      `SELECT TIMESTAMPDIFF(MICROSECOND, STR_TO_DATE(JSON_VALUE(event, '$.time'), '%Y-%m-%dT%H:%i:%s.%fZ'),
                            created_at) / 1000 AS lagMs
         FROM ordersDB.webhook_deliveries ORDER BY lagMs`,
    );
    // What follows is not for this webhook, nor for anybody else.
    await query('DELETE FROM ordersDB.webhooks');
    const at = (share: number): number =>
      Math.round(Number(rows[Math.floor(rows.length * share)]?.lagMs ?? NaN));
    return { events: rows.length, p50: at(0.5), p99: at(0.99) };
  });
}
