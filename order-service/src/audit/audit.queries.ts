import type { Database } from '@tradepost/service-kit/database.ts';
import type { OrderStatus } from '../orders/order.model.ts';
import type { PaymentStatus } from '../payments/payment.model.ts';
import { isIdle } from './audit.checks.ts';
import type { ToldThing } from './compare-told.ts';

export interface AuditedOrder {
  orderId: string;
  status: OrderStatus;
  /** Whether nobody is at it, but perhaps its buyer. */
  isIdle: boolean;
}

export interface AuditedPayment {
  chargeId: string;
  orderId: string;
  status: PaymentStatus;
  amountMinor: number;
  currency: string;
  /** What was given back of the order. */
  refundedMinor: number;
  /** Whether nobody is at its order. */
  isIdle: boolean;
}

type Reader = Pick<Database, 'select'>;

const pageSize = 1_000;

/**
 * The rows of all pages, of which only one is in memory.
 * @param read the rows after a key, in its ascending order; none when there are no more
 */
export async function* readPages<Row>(
  read: (after: string) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): AsyncGenerator<Row> {
  for (let after = ''; ;) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = keyOf(last);
  }
}

const ofOrders = (column: string, orderIds: readonly string[] | undefined): string =>
  orderIds === undefined ? '' : `AND ${column} IN (:orderIds)`;

/** All orders, or some, in ascending id. */
export function readOrders({ select }: Reader, orderIds?: readonly string[]): AsyncIterable<AuditedOrder> {
  return readPages(
    async (after) => {
      const rows = await select<AuditedOrder>(
        `SELECT orders.id AS orderId, status, ${isIdle} AS isIdle
           FROM orders LEFT JOIN order_sagas ON order_sagas.order_id = orders.id
          WHERE orders.id > :after ${ofOrders('orders.id', orderIds)} ORDER BY orders.id LIMIT ${pageSize}`,
        { after, orderIds },
      );
      return rows.map((row) => ({ ...row, isIdle: Boolean(row.isIdle) }));
    },
    ({ orderId }) => orderId,
  );
}

/** The payments of all orders, or of some, in ascending id, which is that of the charge, too. */
export function readPayments(
  { select }: Reader,
  orderIds?: readonly string[],
): AsyncIterable<AuditedPayment> {
  return readPages(
    async (after) => {
      const rows = await select<AuditedPayment>(
        `SELECT payments.id AS chargeId, payments.order_id AS orderId, payments.status, amount_minor AS amountMinor, currency,
                (SELECT SUM(refunds.amount_minor) FROM refunds
                  WHERE refunds.order_id = payments.order_id AND refunds.status = 'refunded') AS refundedMinor,
                ${isIdle} AS isIdle
           FROM payments LEFT JOIN order_sagas ON order_sagas.order_id = payments.order_id
          WHERE payments.id > :after ${ofOrders('payments.order_id', orderIds)} ORDER BY payments.id LIMIT ${pageSize}`,
        { after, orderIds },
      );
      return rows.map((row) => ({
        ...row,
        amountMinor: Number(row.amountMinor),
        refundedMinor: Number(row.refundedMinor),
        isIdle: Boolean(row.isIdle),
      }));
    },
    ({ chargeId }) => chargeId,
  );
}

/** How far all things of a source were told, or some, in ascending subject. */
export function readTold(
  { select }: Reader,
  source: string,
  ids?: readonly string[],
): AsyncIterable<ToldThing> {
  return readPages(
    (after) =>
      select<ToldThing>(
        `SELECT subject, last_sequence AS version FROM inbox_sequences
          WHERE source = :source AND subject > :after ${ids === undefined ? '' : 'AND subject IN (:ids)'}
          ORDER BY subject LIMIT ${pageSize}`,
        { source, after, ids },
      ),
    ({ subject }) => subject,
  );
}

/** What has events that were set aside: told, and waiting for an admin. */
export async function readParked({ select }: Reader): Promise<Set<string>> {
  const rows = await select<{ subject: string }>(
    `SELECT DISTINCT JSON_VALUE(event, '$.subject') AS subject FROM dead_letters WHERE sink = ''`,
  );
  return new Set(rows.map(({ subject }) => subject));
}
