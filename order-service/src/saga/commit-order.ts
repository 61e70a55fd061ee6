import { crashInside, crashPoint } from '../crash-point.ts';
import { lockOrder } from '../orders/orders.queries.ts';
import { hasPendingRefund } from '../refunds/refunds.queries.ts';
import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Commits the reservation of an order whose money is there; what has to be given back already, follows. */
export async function commitOrder(
  { database, products }: SagaDependencies,
  { orderId, deadlineMs }: StepAtWork,
): Promise<Step> {
  await crashInside('committing', products.commit(orderId, deadlineMs));
  crashPoint('committed');
  return database.transaction(async (tx) => {
    // A refund that is asked for meanwhile waits for this lock, or is seen here.
    await lockOrder(orderId, tx);
    const next = (await hasPendingRefund(orderId, tx)) ? 'refund' : 'nothing';
    await scheduleStep(database, { orderId, after: 'commit', next }, tx);
    return next;
  });
}
