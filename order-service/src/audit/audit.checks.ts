import { changedSinceFirstRelay } from '@tradepost/events/told-versions.ts';
import { orders, payments } from '../events.ts';
import { type OrderStatus, orderStatuses } from '../orders/order.model.ts';
import type { Check } from '@tradepost/service-kit/run-checks.ts';

/** What an order may become, by its status: the drawing of the specification, section 5. */
const moves: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['awaiting_payment', 'rejected', 'cancelled'],
  awaiting_payment: ['paying', 'cancelled'],
  paying: ['paid', 'awaiting_payment', 'payment_failed', 'refunding', 'cancelled'],
  paid: ['partially_shipped', 'refunding'],
  partially_shipped: ['shipped', 'refunding'],
  shipped: ['delivered'],
  delivered: [],
  rejected: [],
  cancelled: [],
  payment_failed: [],
  refunding: ['refunded'],
  refunded: [],
};

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
const drawn = list([
  '>pending',
  ...orderStatuses.flatMap((from) => moves[from].map((to) => `${from}>${to}`)),
]);
const withMoney = list(['paid', 'partially_shipped', 'shipped', 'delivered', 'refunding', 'refunded']);
const unfinished = list(['pending', 'awaiting_payment', 'paying', 'refunding']);

/** Nobody has to do anything for an order at this step, but perhaps its buyer. */
export const isIdle = `COALESCE(step, 'nothing') IN ('nothing', 'expire')`;

/** Nothing but a move raises the version of an order yet, so that its moves are numbered 1, 2, 3. */
const timelines: Check = {
  invariant: 3,
  says: 'an order moves only as drawn, and each move has its row in the timeline',
  counts: 'SELECT COUNT(*) AS checked FROM order_timeline',
  finds: `
    SELECT orders.id
      FROM orders LEFT JOIN (
        SELECT move.order_id, COUNT(*) AS moves,
               SUM(IF(earlier.version IS NULL, move.version = 1 AND move.status = 'pending',
                      CONCAT(earlier.status, '>', move.status) IN (${drawn}))) AS drawn_moves
          FROM order_timeline AS move LEFT JOIN order_timeline AS earlier
            ON earlier.order_id = move.order_id AND earlier.version + 1 = move.version
         GROUP BY move.order_id) AS history ON history.order_id = orders.id
      LEFT JOIN order_timeline AS last ON last.order_id = orders.id AND last.version = orders.version
     WHERE NOT COALESCE(moves = orders.version AND drawn_moves = moves AND last.status = orders.status, FALSE)`,
};

/** What has changed and was not told up to its last version. That of the last seconds may be on its way through Kafka. */
const untold = (table: string, source: string, hasTold: string): string => `
    SELECT ${table}.id
      FROM ${table} LEFT JOIN inbox_sequences AS told ON told.source = '${source}' AND told.subject = ${table}.id
     WHERE COALESCE(told.last_sequence, 0) <> ${table}.version AND ${hasTold}
       AND ${table}.updated_at < NOW(3) - INTERVAL 10 SECOND
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE JSON_VALUE(event, '$.subject') = ${table}.id)
       AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE JSON_VALUE(event, '$.subject') = ${table}.id)`;

const toldMoves: Check = {
  invariant: 3,
  says: 'each move of an order was told',
  counts: 'SELECT COUNT(*) AS checked FROM orders',
  finds: untold('orders', orders.source, changedSinceFirstRelay),
};

const toldAttempts: Check = {
  invariant: 9,
  says: 'each attempt to pay was told',
  counts: 'SELECT COUNT(*) AS checked FROM payments',
  finds: untold('payments', payments.source, 'version > 0'),
};

/** A key stands for one resource, because its scope is unique; the reverse is looked for here. */
const keys: Check = {
  invariant: 4,
  says: 'a key gives at most one order, payment or refund, and that is there',
  counts: 'SELECT COUNT(*) AS checked FROM idempotency_claims',
  finds: `
    SELECT claim.resource_id AS id
      FROM (SELECT resource_id, COUNT(*) AS used FROM idempotency_claims GROUP BY resource_id) AS claim
      LEFT JOIN idempotency_answers AS answer ON answer.resource_id = claim.resource_id
      LEFT JOIN orders ON orders.id = claim.resource_id
      LEFT JOIN payments ON payments.id = claim.resource_id
      LEFT JOIN refunds ON refunds.id = claim.resource_id
     WHERE used > 1
        OR (answer.status BETWEEN 200 AND 299 AND COALESCE(orders.id, payments.id, refunds.id) IS NULL)`,
};

const captures: Check = {
  invariant: 5,
  says: 'an order has one captured payment when it is paid, or was, and else none',
  counts: 'SELECT COUNT(*) AS checked FROM orders',
  finds: `
    SELECT orders.id
      FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
      LEFT JOIN (SELECT order_id, COUNT(*) AS captures FROM payments WHERE status = 'captured' GROUP BY order_id)
        AS captured ON captured.order_id = orders.id
     WHERE captures > 1 OR (${isIdle} AND (captures IS NOT NULL) <> (orders.status IN (${withMoney})))`,
};

const amounts: Check = {
  invariant: 6,
  says: 'captured = total = sum(unit price x quantity), and refunds, open ones included, are at most that',
  counts: 'SELECT COUNT(*) AS checked FROM orders',
  finds: `
    SELECT orders.id
      FROM orders
      LEFT JOIN (SELECT order_id, IF(COUNT(unit_price_minor) = COUNT(*), SUM(quantity * unit_price_minor), NULL) AS total
                   FROM order_items GROUP BY order_id) AS priced ON priced.order_id = orders.id
      LEFT JOIN (SELECT order_id, currency, MIN(amount_minor) AS amount
                   FROM payments WHERE status = 'captured' GROUP BY order_id, currency) AS captured
        ON captured.order_id = orders.id
      LEFT JOIN (SELECT order_id, SUM(amount_minor) AS given FROM refunds WHERE status <> 'failed' GROUP BY order_id)
        AS refunded ON refunded.order_id = orders.id
     WHERE NOT (orders.total_minor <=> priced.total)
        OR (captured.order_id IS NOT NULL AND NOT (captured.amount <=> orders.total_minor
              AND captured.currency <=> orders.currency))
        OR orders.refunded_minor <> COALESCE(refunded.given, 0)
        OR orders.refunded_minor > COALESCE(captured.amount, 0)
        OR (orders.status = 'refunded' AND NOT (orders.refunded_minor <=> orders.total_minor))
        OR EXISTS (SELECT 1 FROM refunds WHERE refunds.order_id = orders.id AND refunds.currency <> orders.currency)`,
};

const soon = `due_at BETWEEN NOW(3) - INTERVAL 60 SECOND AND NOW(3) + INTERVAL 60 SECOND`;

/** A window that has ended is a step like any other: somebody is at it, or will be soon. */
const dueSteps: Check = {
  invariant: 8,
  says: 'an unfinished order has a step that is due within 60 s, or waits for its buyer until its payment window ends',
  counts: `
    SELECT COUNT(*) AS checked FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
     WHERE status IN (${unfinished}) OR step <> 'nothing'`,
  finds: `
    SELECT orders.id
      FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
     WHERE NOT COALESCE(CASE COALESCE(step, 'nothing')
       WHEN 'nothing' THEN status NOT IN (${unfinished})
       WHEN 'expire' THEN status = 'awaiting_payment'
         AND IF(payment_due_at > NOW(3), due_at = payment_due_at, ${soon})
       ELSE ${soon} END, FALSE)`,
};

export const orderChecks: readonly Check[] = [
  timelines,
  toldMoves,
  toldAttempts,
  keys,
  captures,
  amounts,
  dueSteps,
];
