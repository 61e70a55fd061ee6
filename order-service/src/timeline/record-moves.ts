import type { NewEvent } from '@tradepost/events/declare-events.ts';
import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { orderEvent, typeOf } from '../events.ts';
import type { OrderStatus } from '../orders/order.model.ts';

interface MovedOrder {
  orderId: string;
  buyerId: string;
  version: number;
  status: OrderStatus;
  totalMinor: number | string | null;
  currency: string | null;
}

/** The event of an order that has come to a status. */
export function toMoveEvent({ orderId, buyerId, version, status, totalMinor, currency }: MovedOrder): NewEvent {
  const total = totalMinor === null || currency === null ? null : { amount: Number(totalMinor), currency };
  const data = { orderId, buyerId, status, total };
  return orderEvent({ type: typeOf(status), subject: orderId, sequence: version, data });
}

/** Writes down the status that orders have just come to, in the transaction that moved them: in the timeline, and as events. */
export async function recordMoves(
  database: Database,
  tx: Transaction,
  orderIds: readonly string[],
): Promise<void> {
  await database.change(
    'INSERT INTO order_timeline (order_id, version, status) SELECT id, version, status FROM orders WHERE id IN (:orderIds)',
    { orderIds },
    tx,
  );
  const moved = await database.select<MovedOrder>(
    `SELECT id AS orderId, buyer_id AS buyerId, version, status, total_minor AS totalMinor, currency
       FROM orders WHERE id IN (:orderIds)`,
    { orderIds },
    tx,
  );
  await recordEvents(database, tx, moved.map(toMoveEvent));
}
