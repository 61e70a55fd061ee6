import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { OrderStatus } from './order.model.ts';

interface OrderMove {
  orderId: string;
  from: readonly OrderStatus[];
  to: OrderStatus;
  /** Only if the order still has this version. */
  version?: number;
  /** Other columns that change with the status. */
  set?: { currency?: string; total_minor?: number; rejection?: string; cancel_reason?: string };
  /** What else of the order, as its readers see it, is another afterwards. */
  changes?: readonly ('items' | 'total' | 'rejection')[];
}

/** Moves an order to another status if it still has one of the given ones, and writes the move down; the affected row decides. */
export async function moveOrder(
  database: Database,
  tx: Transaction,
  { orderId, from, to, version, set = {}, changes = [] }: OrderMove,
): Promise<boolean> {
  const columns = Object.keys(set).map((column) => `, ${column} = :${column}`);
  // `version` is the new one here: both servers assign from left to right (MySQL manual 15.2.17).
  const changed = ['status', ...changes].map((field) => `'$.${field}', version`);
  const moved = await database.change(
    `UPDATE orders SET status = :to, version = version + 1,
            field_versions = JSON_SET(field_versions, ${changed.join(', ')})${columns.join('')}
      WHERE id = :orderId AND status IN (:from)${version === undefined ? '' : ' AND version = :version'}`,
    { orderId, from, to, version, ...set },
    tx,
  );
  if (moved === 0) return false;
  await database.change(
    'INSERT INTO order_timeline (order_id, version, status) SELECT id, version, status FROM orders WHERE id = :orderId',
    { orderId },
    tx,
  );
  return true;
}
