import type { Check } from './check.ts';
import type { Sessions } from './databases.ts';
import { pairUp } from './pair-up.ts';
import type { Row } from './session.ts';

/** Still to be paid: in each of these the stock must be there for the order. */
const payable = new Set(['awaiting_payment', 'paying']);
/** The money is there, or was; a sale that was refunded remains a sale, whose goods came back. */
export const paid = ['paid', 'partially_shipped', 'shipped', 'delivered', 'refunding', 'refunded'];

// A digest of the lines, because they need not fit into memory: of the quantities, and of the prices.
const linesOf = (table: string): string => `
  SELECT order_id, SHA2(GROUP_CONCAT(product_id, ' ', quantity ORDER BY product_id), 256) AS quantities,
         SHA2(GROUP_CONCAT(product_id, ' ', price ORDER BY product_id), 256) AS prices
    FROM (SELECT order_id, product_id, SUM(quantity) AS quantity, MAX(unit_price_minor) AS price
            FROM ${table} GROUP BY order_id, product_id) AS summed GROUP BY order_id`;

const orders = {
  columns: ['id', 'status', 'step', 'quantities', 'prices'],
  sql: `SELECT id, status, COALESCE(step, 'nothing'), quantities, prices
          FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
          LEFT JOIN (${linesOf('order_items')}) AS items ON items.order_id = orders.id ORDER BY id`,
};
const reservations = {
  columns: ['id', 'status', 'quantities', 'prices'],
  sql: `SELECT reservations.order_id, status, quantities, prices FROM reservations
          LEFT JOIN (${linesOf('reservation_items')}) AS items ON items.order_id = reservations.order_id
         ORDER BY reservations.order_id`,
};

/** What an order must have, and has not. */
function findMissing({ id, status, step }: Row, reservation?: Row): string[] {
  const state = reservation?.status;
  if (payable.has(status ?? ''))
    return state === 'held' ? [] : [`Order ${id} is ${status}, but no stock is held for it.`];
  if (!paid.includes(status ?? '')) return [];
  // Between the payment and the commit that follows it the stock is still held.
  const isSold = state === 'committed' || (state === 'held' && step === 'commit');
  return isSold ? [] : [`Order ${id} is ${status}, but no stock was sold to it.`];
}

/** A cancelled order may hold stock until its release, its next step, is done; so may one that was paid, until its commit. */
function mayHold(order?: Row): boolean {
  if (order === undefined) return false;
  return order.status === 'pending' || payable.has(order.status ?? '') || order.step !== 'nothing';
}

function findStray({ id, status }: Row, order?: Row): string[] {
  if (status === 'held' && !mayHold(order))
    return [`Stock is held for order ${id}, which does not wait for it.`];
  if (status === 'committed' && !paid.includes(order?.status ?? ''))
    return [`Stock was sold to order ${id}, which was never paid.`];
  return [];
}

/** An order that was never priced gets the prices of its reservation. */
function findOther(order: Row, reservation: Row): string[] {
  const { quantities, prices } = reservation;
  const same = order.quantities === quantities && (order.prices ?? prices) === prices;
  return same || reservation.status === 'released'
    ? []
    : [`Order ${order.id} has other lines than its reservation.`];
}

/** Between the databases: an order has its stock, held until it is paid and sold from then on, and nobody else has any. */
export async function checkReservations({ productsDB, ordersDB }: Sessions): Promise<Check[]> {
  const [missing, stray, other]: [string[], string[], string[]] = [[], [], []];
  const sides = [
    { session: ordersDB, ...orders },
    { session: productsDB, ...reservations },
  ] as const;
  for await (const { left: order, right: reservation } of pairUp(...sides)) {
    if (order) missing.push(...findMissing(order, reservation));
    if (reservation) stray.push(...findStray(reservation, order));
    if (order && reservation) other.push(...findOther(order, reservation));
  }
  return [
    { rule: 'orders have their stock, held or sold', faults: missing },
    { rule: 'all that is held or sold has its order', faults: stray },
    { rule: 'orders have the lines of their reservation', faults: other },
  ];
}
