import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Releases the reservation of an order that is over, and then has nothing left to do for it. */
export async function releaseOrder(
  { database, products }: SagaDependencies,
  { orderId, deadlineMs }: StepAtWork,
): Promise<Step> {
  await products.release(orderId, deadlineMs);
  await scheduleStep(database, { orderId, after: 'release', next: 'nothing' });
  return 'nothing';
}
