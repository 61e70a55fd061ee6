import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';

const tryEveryMs = 500;
const sayEveryMs = 5_000;

/**
 * Tries at the start of a process until it works, and says every five seconds why it does not: a pod does not choose
 * the order in which things come up, and to end would only turn waiting into a crash loop.
 * @param attempt may be repeated
 * @param isPassing whether waiting can mend an error
 * @throws the first error that waiting cannot mend
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  logger: Logger,
  isPassing: (error: unknown) => boolean,
): Promise<T> {
  for (let saidAt = performance.now(); ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() - saidAt > sayEveryMs) {
        saidAt = performance.now();
        logger.warn('waiting for the database', { reason: String(error) });
      }
      await sleep(tryEveryMs);
    }
  }
}
