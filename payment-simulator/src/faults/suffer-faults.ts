import { unavailable } from '@tradepost/service-kit/problem.ts';
import { loseAnswer, type Sleep } from '../sleep.ts';
import type { Faults } from './create-faults.ts';

/** Does the work of one send as the faults let it: late, not at all, or without an answer. */
export async function sufferFaults<T>(
  { faults, sleep }: { faults: Faults; sleep: Sleep },
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const { delayMs, isRefused, losesAnswer } = faults.draw(id);
  if (delayMs > 0) await sleep(delayMs);
  if (isRefused) throw unavailable('A fault is switched on, and nothing was done; send it again.');
  const result = await work();
  if (losesAnswer) await loseAnswer(sleep);
  return result;
}
