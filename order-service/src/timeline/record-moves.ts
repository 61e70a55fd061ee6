import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { type MovedOrder, toMoveEvent } from '../events.ts';

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
