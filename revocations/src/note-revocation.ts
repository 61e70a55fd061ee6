import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import { accessTokenSeconds } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

/** Twice the life of a token: the other half is for replicas whose clocks differ. */
export const keptSeconds = 2 * accessTokenSeconds;

/** Deletes revocations of tokens that have all expired. */
export const oldRevocations = `
  DELETE FROM token_revocations WHERE noted_at < NOW(3) - INTERVAL ${keptSeconds} SECOND LIMIT 1000`;

/** Later than every `iat`. */
const everyToken = Number.MAX_SAFE_INTEGER;

function readValidAfter({ type, data }: CloudEvent): number | undefined {
  if (type === 'customer.deleted') return everyToken;
  return (data as { tokensValidAfter?: number }).tokensValidAfter;
}

/**
 * Stores which tokens of an account no longer count, when an event of auth-service says that a right was taken away. Events
 * may arrive in any order: the highest value stays.
 * @param event customer.changed or customer.deleted
 */
export async function noteRevocation(
  { database }: { database: Database },
  tx: Transaction,
  event: CloudEvent,
): Promise<void> {
  const validAfter = readValidAfter(event);
  if (validAfter === undefined) return;
  // Assignments run from left to right: noted_at still sees the old value of valid_after.
  await database.change(
    `INSERT INTO token_revocations (account_id, valid_after) VALUES (:accountId, :validAfter)
         ON DUPLICATE KEY UPDATE noted_at = IF(valid_after < :validAfter, NOW(3), noted_at),
                                 valid_after = GREATEST(valid_after, :validAfter)`,
    { accountId: event.subject, validAfter },
    tx,
  );
}
