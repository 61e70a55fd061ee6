import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot, type Query } from '../../scripts/prove/query-databases.ts';
import type { TestStack } from './run-stack.ts';

const patienceMs = 60_000;

/** Everything that can happen, with the version it has come to. */
const things = `
  SELECT '/auth-service/customers' AS source, id AS subject, version FROM authDB.users
  UNION ALL SELECT '/product-service/products', id, version FROM productsDB.products
  UNION ALL SELECT '/product-service/stock', product_id, version FROM productsDB.stock WHERE version > 0
  UNION ALL SELECT '/order-service/orders', id, version FROM ordersDB.orders
  UNION ALL SELECT '/order-service/payments', id, version FROM ordersDB.payments WHERE version > 0`;

/** What has changed and was told too seldom, too often, or not at all; not what an admin has to look at. */
const untold = `
  SELECT thing.source, thing.subject, thing.version, told.applied, told.first_sequence, told.last_sequence
    FROM (${things}) AS thing
    LEFT JOIN ordersDB.inbox_sequences AS told
      ON told.source = thing.source AND told.subject = thing.subject
   WHERE NOT COALESCE(told.applied = thing.version AND told.first_sequence = 1
                      AND told.last_sequence = thing.version, FALSE)
     AND thing.subject NOT IN (SELECT JSON_VALUE(event, '$.subject') FROM ordersDB.dead_letters)`;

async function countWaiting(query: Query): Promise<number> {
  const [row] = await query<{ waiting: number }>(
    `SELECT (SELECT COUNT(*) FROM authDB.outbox) + (SELECT COUNT(*) FROM productsDB.outbox)
          + (SELECT COUNT(*) FROM ordersDB.outbox) + (SELECT COUNT(*) FROM (${untold}) AS untold) AS waiting`,
  );
  return Number(row?.waiting);
}

/** Waits until no event waits for a sink, and all have arrived; the seconds that took, since a moment. */
export async function awaitAllTold({ database }: TestStack, since: number): Promise<number> {
  const giveUpAt = performance.now() + patienceMs;
  return asRoot(database, async (query) => {
    while ((await countWaiting(query)) > 0) {
      if (performance.now() > giveUpAt) {
        const late = await query<object>(`${untold} LIMIT 5`);
        throw new Error(`Events still wait after ${patienceMs / 1_000} s, such as ${JSON.stringify(late)}.`);
      }
      await sleep(100);
    }
    return (performance.now() - since) / 1_000;
  });
}

/** Every committed change has its event, and each took effect once where all of them go. */
export async function expectAllTold({ database }: TestStack): Promise<void> {
  const found = await asRoot(database, async (query) => query<object>(`${untold} LIMIT 20`));
  expect(found).toEqual([]);
}
