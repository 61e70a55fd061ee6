import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';

interface Purge {
  /** Pause in milliseconds. */
  everyMs: number;
  /** Statements that each delete a bounded number of rows, so that no lock lasts; repeated until none is left. */
  deletions: readonly string[];
}

/**
 * Deletes what is too old, again and again.
 * @returns stop(), which ends the timer
 */
export function purgeEvery(
  { database, logger }: { database: Database; logger: Logger },
  { everyMs, deletions }: Purge,
): { stop: () => void } {
  const purge = async (): Promise<void> => {
    for (const deletion of deletions) while ((await database.change(deletion, {})) > 0);
  };
  const timer = setInterval(() => {
    purge().catch((error: unknown) =>
      logger.warn('old rows could not be deleted; trying again later', { error }),
    );
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
