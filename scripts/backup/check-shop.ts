import type { Sessions } from './databases.ts';
import type { Row } from './session.ts';

/** Something that must be so in every shop, and each case in which it is not, in a sentence. */
export interface Check {
  rule: string;
  faults: string[];
}

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

const totalsAgainstLines = `
  SELECT id, total_minor AS total, items.sum AS sum
    FROM orders LEFT JOIN (SELECT order_id, SUM(quantity * unit_price_minor) AS sum
                             FROM order_items GROUP BY order_id) AS items ON items.order_id = orders.id
   WHERE total_minor IS NOT NULL AND NOT (total_minor <=> items.sum) ORDER BY id`;

// A digest of the lines, because they need not fit into memory: of the quantities, and of the prices.
const linesOf = (table: string, where: string): string => `
  SELECT order_id, SHA2(GROUP_CONCAT(product_id, ' ', quantity ORDER BY product_id), 256) AS quantities,
         SHA2(GROUP_CONCAT(product_id, ' ', price ORDER BY product_id), 256) AS prices
    FROM (SELECT order_id, product_id, SUM(quantity) AS quantity, MAX(unit_price_minor) AS price
            FROM ${table} WHERE ${where} GROUP BY order_id, product_id) AS summed GROUP BY order_id`;

// All that may hold stock: a cancelled order does until its release, its next step, is done.
const ordersWithLines = `
  SELECT id, status, quantities, prices
    FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
    JOIN (${linesOf('order_items', '1 = 1')}) AS items ON items.order_id = orders.id
   WHERE status IN ('pending', 'awaiting_payment', 'paying') OR step <> 'nothing' ORDER BY id`;
const holdsWithLines = linesOf(
  'reservation_items',
  `order_id IN (SELECT order_id FROM reservations WHERE status = 'held')`,
);

function compareHold(order: Row, hold: Row | undefined): string | undefined {
  if (hold === undefined) {
    return order.status === 'awaiting_payment' || order.status === 'paying'
      ? `Order ${order.id} is ${order.status}, but no stock is held for it.`
      : undefined;
  }
  // An order that was never priced gets the prices of its reservation.
  const same = order.quantities === hold.quantities && (order.prices ?? hold.prices) === hold.prices;
  return same ? undefined : `Order ${order.id} has other lines than the reservation that holds its stock.`;
}

/** Between the databases: an order that can be paid has its stock, and no stock is held for nobody. */
async function compareHolds({ productsDB, ordersDB }: Sessions): Promise<Check[]> {
  const holds = new Map((await productsDB.ask(holdsWithLines)).map((hold) => [hold.order_id, hold]));
  const without: string[] = [];
  for (const order of await ordersDB.ask(ordersWithLines)) {
    const fault = compareHold(order, holds.get(order.id ?? ''));
    if (fault !== undefined) without.push(fault);
    holds.delete(order.id ?? '');
  }
  const stray = [...holds.keys()].map((id) => `Stock is held for order ${id}, which does not wait for it.`);
  return [
    { rule: 'orders to be paid have their stock held', faults: without },
    { rule: 'all that is held has its order', faults: stray },
  ];
}

/** Looks for what must not be in a shop at rest or at work: invariants 1, 2 and 6 of every purchase. */
export async function checkShop(sessions: Sessions): Promise<Check[]> {
  const { productsDB, ordersDB } = sessions;
  const stock = (await productsDB.ask(stockAgainstLedger)).map(
    ({ id, on_hand, reserved, ledger_on_hand, ledger_reserved }) =>
      `Product ${id} has ${on_hand} on hand and ${reserved} reserved; its ledger says ${ledger_on_hand} and ${ledger_reserved}.`,
  );
  const reserved = (await productsDB.ask(reservedAgainstHolds)).map(
    (row) => `Product ${row.id} has ${row.reserved} reserved; its reservations hold ${row.held}.`,
  );
  const totals = (await ordersDB.ask(totalsAgainstLines)).map(
    ({ id, total, sum }) => `Order ${id} costs ${total}; its lines cost ${sum}.`,
  );
  return [
    { rule: 'stock is the sum of its ledger', faults: stock },
    { rule: 'reserved is what reservations hold', faults: reserved },
    { rule: 'orders cost what their lines cost', faults: totals },
    ...(await compareHolds(sessions)),
  ];
}
