import type { RowDataPacket } from 'mysql2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../scripts/local/start-stack.ts';

/** What must be equal, or zero, after a run of orders; each query gives one number. */
const differences: Record<string, string> = {
  'orders without two timeline rows': `
    SELECT COUNT(*) FROM ordersDB.orders
     WHERE (SELECT COUNT(*) FROM ordersDB.order_timeline WHERE order_id = orders.id) <> version`,
  'held orders without a reservation': `
    SELECT COUNT(*) FROM ordersDB.orders LEFT JOIN productsDB.reservations ON reservations.order_id = orders.id
     WHERE orders.status = 'awaiting_payment' AND COALESCE(reservations.status, '') <> 'held'`,
  'held reservations without an order': `
    SELECT COUNT(*) FROM productsDB.reservations LEFT JOIN ordersDB.orders ON orders.id = reservations.order_id
     WHERE reservations.status = 'held' AND COALESCE(orders.status, '') <> 'awaiting_payment'`,
  'products whose reserved stock is not the sum of their holds': `
    SELECT COUNT(*) FROM productsDB.stock LEFT JOIN
           (SELECT product_id, SUM(quantity) AS held FROM productsDB.reservation_items
              JOIN productsDB.reservations USING (order_id) WHERE status = 'held' GROUP BY product_id) AS sums USING (product_id)
     WHERE reserved <> COALESCE(held, 0)`,
  'products whose stock is not the sum of their ledger': `
    SELECT COUNT(*) FROM productsDB.stock JOIN
           (SELECT product_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
              FROM productsDB.stock_ledger GROUP BY product_id) AS sums USING (product_id)
     WHERE stock.on_hand <> sums.on_hand OR stock.reserved <> sums.reserved`,
  'unfinished orders': `SELECT COUNT(*) FROM ordersDB.orders WHERE status = 'pending'`,
  'events that wait': `
    SELECT (SELECT COUNT(*) FROM ordersDB.outbox) + (SELECT COUNT(*) FROM productsDB.outbox)`,
};

const settleMs = 20_000;

/** The differences that are left once everything has settled; empty when the shop is exact. */
export async function checkExact({ database }: Stack): Promise<string[]> {
  const connection = await database.connectAsRoot();
  try {
    const giveUpAt = performance.now() + settleMs;
    for (;;) {
      const found: string[] = [];
      for (const [what, sql] of Object.entries(differences)) {
        const [rows] = await connection.query<RowDataPacket[]>({ sql, rowsAsArray: true });
        const count = Number((rows[0] as unknown as number[])[0]);
        if (count > 0) found.push(`${count} ${what}`);
      }
      if (found.length === 0 || performance.now() > giveUpAt) return found;
      await sleep(500);
    }
  } finally {
    await connection.end();
  }
}
