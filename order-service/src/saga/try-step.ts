import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { chargeOrder } from '../payments/charge-order.ts';
import { makeRememberedPayment } from '../payments/make-remembered-payment.ts';
import { sendRefund } from '../refunds/send-refund.ts';
import { backOff } from './back-off.ts';
import { commitOrder } from './commit-order.ts';
import { expireOrder } from './expire-order.ts';
import { releaseOrder } from './release-order.ts';
import { reserveInTime } from './reserve-in-time.ts';
import { returnOrder } from './return-order.ts';
import { scheduleStep } from './schedule-step.ts';
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

/** Puts a step off: the next try asks again, whatever came of this one. When this fails too, the lease ends by itself. */
async function putOff(
  { database, logger }: SagaDependencies,
  { orderId, step, attempts = 0 }: StepToTry,
  { error, isUnanswered }: { error: unknown; isUnanswered: boolean },
): Promise<void> {
  logger.warn('order not advanced yet; trying again', { orderId, step, attempts, error });
  const reason = error instanceof Error ? error.message : String(error);
  const inSeconds = backOff(attempts);
  const schedule = { orderId, after: step, next: step, inSeconds, error: reason, isUnanswered };
  await scheduleStep(database, schedule).catch((fault: unknown) =>
    logger.warn('a step could not be put off; it is due when its lease ends', { orderId, error: fault }),
  );
}

/** Does one step of an order. A step that fails is put off. */
export async function tryStep(dependencies: SagaDependencies, work: StepToTry): Promise<Tried> {
  try {
    const next = await steps[work.step](dependencies, work);
    if (next === undefined || next === 'nothing' || next === 'expire') return { answered: true };
    return { next, answered: true };
  } catch (error) {
    const isUnanswered = error instanceof UpstreamUnavailable;
    await putOff(dependencies, work, { error, isUnanswered });
    return { answered: !isUnanswered };
  }
}
