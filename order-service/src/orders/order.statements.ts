import type { Statement } from '@tradepost/service-kit/packet-transaction.ts';
import type { OrderStatus, Rejection } from './order.model.ts';
import type { PlacedOrder } from './orders.queries.ts';

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const orderRow = ({ order }: PlacedOrder): unknown[] => [
  order.id,
  order.buyerId,
  order.status,
  json(order.shipTo),
  json(order.billTo),
  order.note,
  json(order.rememberedPayment),
  order.paymentDueAt,
  json(order.fieldVersions),
  order.createdAt,
  order.updatedAt,
];

const itemRows = ({ items }: PlacedOrder): unknown[][] =>
  items.map((item) => [
    item.orderId,
    item.line,
    item.productId,
    item.quantity,
    item.expectedAmount,
    item.expectedCurrency,
  ]);

/** The rows of new orders, with their lines and their first step. Until `leaseUntil` the step belongs to this process. */
export function insertOrders(placed: readonly PlacedOrder[], leaseUntil: Date): Statement[] {
  return [
    {
      sql: `INSERT INTO orders (id, buyer_id, status, ship_to, bill_to, note, remembered_payment, payment_due_at,
                                field_versions, created_at, updated_at) VALUES ?`,
      values: [placed.map(orderRow)],
    },
    {
      sql: 'INSERT INTO order_items (order_id, line, product_id, quantity, expected_amount, expected_currency) VALUES ?',
      values: [placed.flatMap(itemRows)],
    },
    {
      sql: 'INSERT INTO order_sagas (order_id, step, due_at) VALUES ?',
      values: [placed.map(({ order }) => [order.id, 'reserve', leaseUntil])],
    },
  ];
}

/** The timeline rows of orders that have just come to their status. */
export function insertTimeline(
  moved: readonly { id: string; version: number; status: OrderStatus }[],
): Statement {
  return {
    sql: 'INSERT INTO order_timeline (order_id, version, status) VALUES ?',
    values: [moved.map(({ id, version, status }) => [id, version, status])],
  };
}

/** Locks the orders of a group that are still pending, and reads their versions. */
export function lockPending(orderIds: readonly string[]): Statement {
  return {
    sql: `SELECT id, version FROM orders FORCE INDEX (PRIMARY)
           WHERE id IN (?) AND status = 'pending' ORDER BY id FOR UPDATE`,
    values: [orderIds],
  };
}

/** The buyers among these whose account is deleted: their orders forget personal data when they end. */
export function selectDeleted(buyerIds: readonly string[]): Statement {
  return {
    sql: 'SELECT id FROM customers WHERE id IN (?) AND deleted_sequence IS NOT NULL',
    values: [buyerIds],
  };
}

/** Moves locked orders to awaiting_payment at their frozen prices. */
export function updateHeld(held: readonly PlacedOrder[], now: Date): Statement[] {
  const orders = held.map(({ order }) => [
    order.id,
    order.version,
    order.currency,
    order.totalMinor,
    order.paymentDueAt,
  ]);
  const lines = held.flatMap(({ items }) =>
    items.map((item) => [item.orderId, item.line, item.sellerId, item.name, item.unitPriceMinor]),
  );
  return [
    {
      // An UPDATE of several tables assigns in no certain order (MySQL manual 15.2.17): the new version is a value.
      sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
                id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]', version INT UNSIGNED PATH '$[1]',
                currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]',
                total_minor BIGINT PATH '$[3]', payment_due_at DATETIME(3) PATH '$[4]')) AS held
              STRAIGHT_JOIN orders ON orders.id = held.id
               SET orders.status = 'awaiting_payment', orders.version = held.version,
                   orders.field_versions = JSON_SET(orders.field_versions,
                     '$.status', held.version, '$.items', held.version, '$.total', held.version),
                   orders.currency = held.currency, orders.total_minor = held.total_minor,
                   orders.payment_due_at = held.payment_due_at, orders.updated_at = ?`,
      values: [JSON.stringify(orders.map(toSqlTimes)), now],
    },
    {
      sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
                order_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]', line SMALLINT UNSIGNED PATH '$[1]',
                seller_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]',
                name VARCHAR(200) PATH '$[3]', amount BIGINT PATH '$[4]')) AS frozen
              STRAIGHT_JOIN order_items
                 ON order_items.order_id = frozen.order_id AND order_items.line = frozen.line
               SET order_items.seller_id = frozen.seller_id, order_items.name = frozen.name,
                   order_items.unit_price_minor = frozen.amount`,
      values: [JSON.stringify(lines)],
    },
  ];
}

/** A DATETIME(3) as SQL writes it: neither server reads RFC 3339 from JSON alike. */
const toSqlTimes = (row: readonly unknown[]): unknown[] =>
  row.map((value) => (value instanceof Date ? value.toISOString().slice(0, -1).replace('T', ' ') : value));

/** Moves a locked order to rejected. */
export function updateRejected(orderId: string, rejection: Rejection, now: Date): Statement {
  return {
    sql: `UPDATE orders SET status = 'rejected', version = version + 1, rejection = ?,
                 remembered_payment = JSON_REMOVE(remembered_payment, '$.token'),
                 field_versions = JSON_SET(field_versions, '$.status', version, '$.rejection', version), updated_at = ?
           WHERE id = ?`,
    values: [JSON.stringify(rejection), now, orderId],
  };
}

/** Schedules the step that follows the reservation of orders, unless another process has scheduled one meanwhile. */
export function scheduleAfterReserve(
  next: 'expire' | 'pay' | 'release',
  steps: readonly { orderId: string; dueAt: Date }[],
): Statement {
  return {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
              order_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]', due_at DATETIME(3) PATH '$[1]')) AS due
            STRAIGHT_JOIN order_sagas ON order_sagas.order_id = due.order_id
             SET order_sagas.step = ?, order_sagas.attempts = 0, order_sagas.claimed_by = NULL,
                 order_sagas.last_error = NULL, order_sagas.is_unanswered = FALSE, order_sagas.due_at = due.due_at
           WHERE order_sagas.step = 'reserve'`,
    values: [JSON.stringify(steps.map(({ orderId, dueAt }) => toSqlTimes([orderId, dueAt]))), next],
  };
}
