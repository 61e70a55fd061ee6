import type { AuditedReservation } from '../clients/audit-client.ts';
import type { OrderStatus } from '../orders/order.model.ts';
import type { AuditedOrder } from './audit.queries.ts';
import { mergeJoin } from './merge-join.ts';
import { startTally, type Tally, tallyOne } from './tally.ts';

type Stock = AuditedReservation['status'] | 'none';

const [held, sold, free]: Stock[][] = [['held'], ['committed'], ['released', 'none']];

/** What the stock of an order that nobody is at must be; where somebody has to be at it, anything. */
const stockOf: Record<OrderStatus, readonly Stock[] | undefined> = {
  pending: undefined,
  awaiting_payment: held,
  paying: undefined,
  paid: sold,
  partially_shipped: sold,
  shipped: sold,
  delivered: sold,
  rejected: free,
  cancelled: free,
  payment_failed: free,
  refunding: sold,
  refunded: sold,
};

interface Sides {
  orders: AsyncIterable<AuditedOrder>;
  reservations: AsyncIterable<AuditedReservation>;
}

/** Compares the orders with the reservations, both in ascending order id: no hold without its order, and stock as the order says. */
export async function compareReservations({ orders, reservations }: Sides): Promise<Tally[]> {
  const placed = startTally(2, 'stock was held only for an order that is there');
  const settled = startTally(
    7,
    'paid or later <=> its stock is sold; waiting for payment <=> held; rejected, cancelled, failed <=> free (once idle)',
  );
  for await (const [order, reservation] of mergeJoin(orders, reservations, ({ orderId }) => orderId)) {
    if (reservation && !reservation.isTombstone) tallyOne(placed, reservation.orderId, order !== undefined);
    const expected = order?.isIdle ? stockOf[order.status] : undefined;
    if (order && expected) tallyOne(settled, order.orderId, expected.includes(reservation?.status ?? 'none'));
  }
  return [placed, settled];
}
