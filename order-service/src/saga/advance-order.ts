import { chargeOrder } from '../payments/charge-order.ts';
import { makeRememberedPayment } from '../payments/make-remembered-payment.ts';
import { sendRefund } from '../refunds/send-refund.ts';
import { commitOrder } from './commit-order.ts';
import { expireOrder } from './expire-order.ts';
import { putOffStep } from './put-off-step.ts';
import { releaseOrder } from './release-order.ts';
import { reserveInTime } from './reserve-in-time.ts';
import { returnOrder } from './return-order.ts';
import type { ActiveStep, DoStep, SagaDependencies, StepAtWork } from './step.ts';

const steps: Record<ActiveStep, DoStep> = {
  reserve: reserveInTime,
  pay: makeRememberedPayment,
  charge: chargeOrder,
  commit: commitOrder,
  refund: sendRefund,
  return: returnOrder,
  release: releaseOrder,
  expire: expireOrder,
};

export interface Advance extends StepAtWork {
  /** The step that is leased to whoever calls. */
  step: ActiveStep;
  /** How often the step was put off before. */
  attempts?: number;
}

/** Does the steps of an order, one after the other, until it rests, waits for its buyer, or has to wait itself. */
export async function advanceOrder(dependencies: SagaDependencies, advance: Advance): Promise<void> {
  for (let work = advance; ;) {
    try {
      const next = await steps[work.step](dependencies, work);
      if (next === undefined || next === 'nothing' || next === 'expire') return;
      // Whoever has just recorded a charge knows that it was not sent.
      work = { orderId: work.orderId, deadlineMs: work.deadlineMs, step: next, unsent: next === 'charge' };
    } catch (error) {
      return putOffStep(dependencies, work, error);
    }
  }
}
