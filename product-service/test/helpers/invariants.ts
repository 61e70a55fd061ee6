import { expect } from '@jest/globals';
import type { Database } from '@tradepost/service-kit/database.ts';

/** Stock that its ledger or its holds do not account for. */
const wrongStock = `
  SELECT product_id, on_hand, reserved, ledger.on_hand_sum, ledger.reserved_sum, held.quantity
    FROM stock
    LEFT JOIN (SELECT product_id, SUM(on_hand_delta) AS on_hand_sum, SUM(reserved_delta) AS reserved_sum
                 FROM stock_ledger GROUP BY product_id) AS ledger USING (product_id)
    LEFT JOIN (SELECT product_id, SUM(quantity) AS quantity
                 FROM reservation_items JOIN reservations USING (order_id)
                WHERE status = 'held' GROUP BY product_id) AS held USING (product_id)
   WHERE NOT (0 <= reserved AND reserved <= on_hand)
      OR on_hand <> COALESCE(ledger.on_hand_sum, 0)
      OR reserved <> COALESCE(ledger.reserved_sum, 0)
      OR reserved <> COALESCE(held.quantity, 0)`;

const movesOfOrders = `
  SELECT order_id, product_id, SUM(kind = 'hold') AS holds, SUM(kind = 'commit') AS commits,
         SUM(kind = 'release') AS releases, SUM(IF(kind = 'return', on_hand_delta, 0)) AS returned
    FROM stock_ledger WHERE order_id IS NOT NULL GROUP BY order_id, product_id`;

/** Items that were held other than once, that left \`held\` other than as their status says, or came back too often. */
const wrongItems = `
  SELECT order_id, product_id, status, quantity, returned_quantity, holds, commits, releases, returned
    FROM reservation_items JOIN reservations USING (order_id)
    LEFT JOIN (${movesOfOrders}) AS moves USING (order_id, product_id)
   WHERE COALESCE(holds, 0) <> 1 OR commits <> (status = 'committed') OR releases <> (status = 'released')
      OR returned <> returned_quantity OR returned_quantity > quantity
      OR (returned_quantity > 0 AND status <> 'committed')`;

/** Ledger entries of an order that has no such item. */
const strayMoves = `
  SELECT moves.* FROM (${movesOfOrders}) AS moves
    LEFT JOIN reservation_items AS item USING (order_id, product_id) WHERE item.order_id IS NULL`;

/** Invariants 1 and 2 of the specification, for the whole schema. */
export async function expectExactStock(database: Database): Promise<void> {
  const [stock, items, stray] = [
    await database.select(wrongStock),
    await database.select(wrongItems),
    await database.select(strayMoves),
  ];
  expect({ stock, items, stray }).toEqual({ stock: [], items: [], stray: [] });
}

/** What stands in the row of stock. */
export async function readStock(
  database: Database,
  productId: string,
): Promise<{ onHand: number; reserved: number }> {
  const [row] = await database.select<{ on_hand: string; reserved: string }>(
    'SELECT on_hand, reserved FROM stock WHERE product_id = :productId',
    { productId },
  );
  return { onHand: Number(row?.on_hand), reserved: Number(row?.reserved) };
}
