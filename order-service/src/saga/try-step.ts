import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
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

export interface StepToTry extends StepAtWork {
  /** The step that is leased to the caller. */
  step: ActiveStep;
  /** How often the step was put off before. */
  attempts?: number;
}

interface Tried {
  /** The step that can be done at once. */
  next?: ActiveStep;
  /** Whether the service that the step waited for gave an answer that is of use. */
  answered: boolean;
}

/** Does one step of an order. A step that fails is put off. */
export async function tryStep(dependencies: SagaDependencies, work: StepToTry): Promise<Tried> {
  try {
    const next = await steps[work.step](dependencies, work);
    if (next === undefined || next === 'nothing' || next === 'expire') return { answered: true };
    return { next, answered: true };
  } catch (error) {
    const isUnanswered = error instanceof UpstreamUnavailable;
    await putOffStep(dependencies, work, { error, isUnanswered });
    return { answered: !isUnanswered };
  }
}
