import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { Step } from '../saga/step.ts';
import { moveOrder } from './move-order.ts';

/**
 * Cancels an order whose payment window has passed, and schedules the release of its stock.
 * @param after the step that is at work
 * @returns false when the window is still open, or the order does not wait for its buyer any more
 */
export async function cancelUnpaid(
  database: Database,
  tx: Transaction,
  { orderId, after }: { orderId: string; after: Step },
): Promise<boolean> {
  const [window] = await database.select<{ isOver: number }>(
    'SELECT payment_due_at <= NOW(3) AS isOver FROM orders WHERE id = :orderId FOR UPDATE',
    { orderId },
    tx,
  );
  if (Number(window?.isOver) !== 1) return false;
  const set = { cancel_reason: 'Its payment window has passed.' };
  const from = ['pending', 'awaiting_payment'] as const;
  if (!(await moveOrder(database, tx, { orderId, from, to: 'cancelled', set }))) return false;
  await scheduleStep(database, { orderId, after, next: 'release' }, tx);
  return true;
}
