import type { Check } from './check.ts';
import type { Sessions } from './databases.ts';

const stockAgainstLedger = `
  SELECT products.id, stock.on_hand AS on_hand, stock.reserved AS reserved,
         COALESCE(ledger.on_hand, 0) AS ledger_on_hand, COALESCE(ledger.reserved, 0) AS ledger_reserved
    FROM products LEFT JOIN stock ON stock.product_id = products.id
    LEFT JOIN (SELECT product_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
                 FROM stock_ledger GROUP BY product_id) AS ledger ON ledger.product_id = products.id
   WHERE NOT (stock.on_hand <=> COALESCE(ledger.on_hand, 0) AND stock.reserved <=> COALESCE(ledger.reserved, 0))
   ORDER BY products.id`;

const reservedAgainstHolds = `
  SELECT stock.product_id AS id, reserved, COALESCE(held.units, 0) AS held
    FROM stock LEFT JOIN (SELECT product_id, SUM(quantity) AS units FROM reservation_items
                            JOIN reservations USING (order_id) WHERE status = 'held' GROUP BY product_id) AS held
      ON held.product_id = stock.product_id
   WHERE reserved <> COALESCE(held.units, 0) ORDER BY stock.product_id`;

// Of each line of each order: what is sold has gone from the shelf, but for what came back; what is not has not moved.
const soldAgainstLedger = `
  SELECT order_id, product_id, status, -COALESCE(moved, 0) AS gone, IF(status = 'committed', quantity - returned_quantity, 0) AS sold
    FROM reservation_items JOIN reservations USING (order_id)
    LEFT JOIN (SELECT order_id, product_id, SUM(on_hand_delta) AS moved FROM stock_ledger
                WHERE order_id IS NOT NULL GROUP BY order_id, product_id) AS ledger USING (order_id, product_id)
   WHERE COALESCE(moved, 0) <> IF(status = 'committed', returned_quantity - quantity, 0) ORDER BY order_id, product_id`;

/** Within productsDB: stock, ledger and reservations tell the same. */
export async function checkStock({ productsDB }: Sessions): Promise<Check[]> {
  const stock = (await productsDB.ask(stockAgainstLedger)).map(
    ({ id, on_hand, reserved, ledger_on_hand, ledger_reserved }) =>
      `Product ${id} has ${on_hand} on hand and ${reserved} reserved; its ledger says ${ledger_on_hand} and ${ledger_reserved}.`,
  );
  const reserved = (await productsDB.ask(reservedAgainstHolds)).map(
    (row) => `Product ${row.id} has ${row.reserved} reserved; its reservations hold ${row.held}.`,
  );
  const sold = (await productsDB.ask(soldAgainstLedger)).map(
    ({ order_id, product_id, gone, sold: expected }) =>
      `Order ${order_id} has taken ${gone} of product ${product_id} from the stock; ${expected} are sold to it.`,
  );
  return [
    { rule: 'stock is the sum of its ledger', faults: stock },
    { rule: 'reserved is what reservations hold', faults: reserved },
    { rule: 'what is sold has left the stock', faults: sold },
  ];
}
