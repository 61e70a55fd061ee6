import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { purgeEvery } from './purge-every.ts';

const everyMs = 3_600_000;

/**
 * Deletes keys and their answers 48 h after the request. The oldest rows are the first by primary key, so no further index
 * is needed to find them.
 */
export const oldKeys = [
  `DELETE FROM idempotency_claims WHERE id IN (
     SELECT id FROM (SELECT id, lease_until FROM idempotency_claims ORDER BY id LIMIT 1000) AS oldest
      WHERE lease_until < NOW(3) - INTERVAL 48 HOUR)`,
  `DELETE FROM idempotency_answers WHERE resource_id IN (
     SELECT resource_id FROM (SELECT resource_id, created_at FROM idempotency_answers ORDER BY resource_id LIMIT 1000) AS oldest
      WHERE created_at < NOW(3) - INTERVAL 48 HOUR)`,
];

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
