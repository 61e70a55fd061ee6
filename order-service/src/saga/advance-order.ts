import type { SagaDependencies } from './step.ts';
import { type StepToTry, tryStep } from './try-step.ts';

/** Does the steps of an order, one after the other, until none is left, one waits for the buyer, or one is put off. */
export async function advanceOrder(dependencies: SagaDependencies, first: StepToTry): Promise<void> {
  const { orderId, deadlineMs } = first;
  for (let work: StepToTry | undefined = first; work;) {
    const { next } = await tryStep(dependencies, work);
    // A charge that was recorded a moment ago was not sent yet.
    work = next && { orderId, deadlineMs, step: next, unsent: next === 'charge' };
  }
}
