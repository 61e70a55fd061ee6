import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { forgetOrders } from './forget-orders.ts';

/**
 * Takes what is personal from an order that has just come to its end, when its buyer has deleted their account before: until
 * then somebody had to know where to send it. In the transaction of the move, so that nothing is left for later.
 */
export async function forgetEndedOrder(database: Database, tx: Transaction, orderId: string): Promise<void> {
  const [gone] = await database.select<{ buyerId: string }>(
    `SELECT buyer_id AS buyerId FROM orders JOIN customers ON customers.id = buyer_id
      WHERE orders.id = :orderId AND deleted_sequence IS NOT NULL`,
    { orderId },
    tx,
  );
  if (gone) await forgetOrders(database, tx, { buyerId: gone.buyerId, orderIds: [orderId] });
}
