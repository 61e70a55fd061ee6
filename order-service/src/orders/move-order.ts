import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { forgetEndedOrder } from '../customers/forget-ended-order.ts';
import { recordMoves } from '../timeline/record-moves.ts';
import { endedStatuses, type OrderStatus } from './order.model.ts';

interface OrderMove {
  orderId: string;
  from: readonly OrderStatus[];
  to: OrderStatus;
  /** Other columns that change with the status. */
  set?: { currency?: string; total_minor?: number; rejection?: string; cancel_reason?: string };
  /** Only while its payment window is open. */
  inWindow?: boolean;
  /** Whether the payment window begins with this move, as long as it was to be from the placing on. */
  opensWindow?: boolean;
  /** What else of the order, as its readers see it, is another afterwards. */
  changes?: readonly ('items' | 'total' | 'rejection')[];
}

const windowFromNow = 'NOW(3) + INTERVAL TIMESTAMPDIFF(MICROSECOND, created_at, payment_due_at) MICROSECOND';

/** Moves an order to another status if it still has one of the given ones, and writes the move down; the affected row decides. */
export async function moveOrder(
  database: Database,
  tx: Transaction,
  { orderId, from, to, inWindow = false, set = {}, opensWindow = false, changes = [] }: OrderMove,
): Promise<boolean> {
  const columns = Object.keys(set).map((column) => `, ${column} = :${column}`);
  if (opensWindow) columns.push(`, payment_due_at = ${windowFromNow}`);
  // `version` is the new one here: both servers assign from left to right (MySQL manual 15.2.17).
  const changed = ['status', ...changes].map((field) => `'$.${field}', version`);
  const moved = await database.change(
    `UPDATE orders SET status = :to, version = version + 1,
            remembered_payment = IF(:to = 'awaiting_payment', remembered_payment, JSON_REMOVE(remembered_payment, '$.token')),
            field_versions = JSON_SET(field_versions, ${changed.join(', ')})${columns.join('')}
      WHERE id = :orderId AND status IN (:from)${inWindow ? ' AND payment_due_at > NOW(3)' : ''}`,
    { orderId, from, to, ...set },
    tx,
  );
  if (moved === 0) return false;
  await recordMoves(database, tx, [orderId]);
  if (endedStatuses.includes(to)) await forgetEndedOrder(database, tx, orderId);
  return true;
}
