import { setTimeout as sleep } from 'node:timers/promises';
import { advanceOrder } from './advance-order.ts';
import type { SagaDependencies } from './step.ts';
import type { StepToTry } from './try-step.ts';

/** The request waits this long for the outcome, then answers what is known. */
const answerWithinMs = 1_500;

/** Does what can be done for an order while somebody waits for the answer; what takes longer goes on without them. */
export async function advanceWhileAwaited(dependencies: SagaDependencies, advance: StepToTry): Promise<void> {
  const timer = new AbortController();
  const enough = sleep(answerWithinMs, undefined, { signal: timer.signal, ref: false }).catch(
    () => undefined,
  );
  await Promise.race([advanceOrder(dependencies, advance), enough]);
  timer.abort();
}
