import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';

const everyMs = 3_600_000;

/** A key of an Idempotency-Key header is forgotten after 48 h. */
export const oldKeys = 'DELETE FROM idempotency_keys WHERE created_at < NOW(3) - INTERVAL 48 HOUR LIMIT 1000';

/**
 * Deletes what is too old once an hour.
 * @param deletions statements that each delete a bounded number of rows, so that no lock lasts; repeated until none is left
 */
export function purgeHourly(
  { database, logger }: { database: Database; logger: Logger },
  deletions: readonly string[],
): { stop: () => void } {
  const purge = async (): Promise<void> => {
    for (const deletion of deletions) while ((await database.change(deletion, {})) > 0);
  };
  const timer = setInterval(() => {
    purge().catch((error: unknown) =>
      logger.warn('old rows could not be deleted; trying again in an hour', { error }),
    );
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
