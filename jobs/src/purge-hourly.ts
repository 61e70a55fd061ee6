import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { purgeEvery } from './purge-every.ts';

const everyMs = 3_600_000;

/** A key of an Idempotency-Key header is forgotten after 48 h. */
export const oldKeys = 'DELETE FROM idempotency_keys WHERE created_at < NOW(3) - INTERVAL 48 HOUR LIMIT 1000';

/**
 * Deletes what is too old once an hour.
 * @param deletions statements that each delete a bounded number of rows, so that no lock lasts; repeated until none is left
 */
export function purgeHourly(
  dependencies: { database: Database; logger: Logger },
  deletions: readonly string[],
): { stop: () => void } {
  return purgeEvery(dependencies, { everyMs, deletions });
}
