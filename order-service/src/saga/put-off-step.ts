import { backOff } from './back-off.ts';
import { scheduleStep } from './schedule-step.ts';
import type { ActiveStep, SagaDependencies } from './step.ts';

interface FailedStep {
  orderId: string;
  step: ActiveStep;
  /** How often the step was put off before. */
  attempts?: number | undefined;
}

/** Puts a failed step off, so that it is tried again. When this fails too, the lease of the step ends by itself. */
export async function putOffStep(
  { database, logger }: Pick<SagaDependencies, 'database' | 'logger'>,
  { orderId, step, attempts = 0 }: FailedStep,
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
