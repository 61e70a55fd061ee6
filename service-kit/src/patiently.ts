import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';

const tryEveryMs = 500;
const sayEveryMs = 5_000;

export interface Waiting {
  /** What is waited for, as the log calls it. */
  what: string;
  logger: Logger;
  /** Whether waiting can mend an error. */
  isPassing: (error: unknown) => boolean;
}

/**
 * Tries at the start of a process until it works, and says every five seconds why it does not: a pod does not choose
 * the order in which things come up, and to end would only turn waiting into a crash loop.
 * @param attempt may be repeated
 * @throws the first error that waiting cannot mend
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  { what, logger, isPassing }: Waiting,
): Promise<T> {
  for (let saidAt = performance.now(); ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() - saidAt > sayEveryMs) {
        saidAt = performance.now();
        logger.warn(`waiting for ${what}`, { reason: String(error) });
      }
      await sleep(tryEveryMs);
    }
  }
}
