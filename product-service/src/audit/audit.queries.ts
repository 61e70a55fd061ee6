import type { Database } from '@tradepost/service-kit/database.ts';
import type { ReservationStatus } from '../reservations/reservation.model.ts';

/** What order-service compares with its orders. */
export interface AuditedReservation {
  orderId: string;
  status: ReservationStatus;
  /** Released before it was held, maybe for an order that was never placed. */
  isTombstone: boolean;
}

interface Selection {
  after?: string | undefined;
  limit: number;
  orderIds?: readonly string[] | undefined;
}

/** Reservations of all orders, or of some, in ascending order id, one more than asked for. */
export async function listReservations(
  { select }: Pick<Database, 'select'>,
  { after = '', limit, orderIds }: Selection,
): Promise<AuditedReservation[]> {
  const rows = await select<AuditedReservation>(
    `SELECT order_id AS orderId, status, buyer_id IS NULL AS isTombstone FROM reservations
      WHERE order_id > :after ${orderIds === undefined ? '' : 'AND order_id IN (:orderIds)'}
      ORDER BY order_id LIMIT :rows`,
    { after, orderIds, rows: limit + 1 },
  );
  return rows.map((row) => ({ ...row, isTombstone: Boolean(row.isTombstone) }));
}
