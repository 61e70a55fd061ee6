import type { Database } from './database.ts';
import type { Logger } from './logger.ts';

const keptHours = 48;
const everyMs = 3_600_000;

/** Deletes keys older than 48 h once an hour, a bounded number at a time, so that no lock lasts. */
export function purgeKeysHourly(database: Database, logger: Logger): { stop: () => void } {
  const sql = 'DELETE FROM idempotency_keys WHERE created_at < NOW(3) - INTERVAL :keptHours HOUR LIMIT 1000';
  const purge = async (): Promise<void> => {
    while ((await database.change(sql, { keptHours })) > 0);
  };
  const timer = setInterval(() => {
    purge().catch((error: unknown) =>
      logger.warn('old keys could not be deleted; trying again in an hour', { error }),
    );
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
