import { cancelUnpaid } from '../orders/cancel-unpaid.ts';
import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Cancels an order whose payment window has passed, unless its buyer pays at this very moment; then its stock goes back. */
export async function expireOrder(
  { database }: SagaDependencies,
  { orderId }: StepAtWork,
): Promise<Step | undefined> {
  return database.transaction(async (tx) => {
    if (await cancelUnpaid(database, tx, { orderId, after: 'expire' })) return 'release';
    // Whoever came too early waits again; an order that is not waiting any more has another step by now.
    await scheduleStep(database, { orderId, after: 'expire', next: 'expire' }, tx);
    return undefined;
  });
}
