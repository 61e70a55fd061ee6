import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

interface Replacement {
  userId: string;
  /** The hash that the caller has seen. */
  oldHash: string;
  newHash: string;
}

/**
 * Replaces a password if it is still the one that was looked at, ends all sessions, and voids what could reset the old one.
 * No answer shows the password, so neither the version nor the time of the account's last change moves.
 */
export async function replacePassword(
  database: Database,
  tx: Transaction,
  { userId, oldHash, newHash }: Replacement,
): Promise<boolean> {
  const replaced = await database.change(
    `UPDATE users SET password_hash = :newHash, updated_at = updated_at
      WHERE id = :userId AND password_hash = :oldHash`,
    { userId, oldHash, newHash },
    tx,
  );
  if (replaced === 0) return false;
  await database.change(
    'UPDATE sessions SET ended_at = NOW(3) WHERE user_id = :userId AND ended_at IS NULL',
    { userId },
    tx,
  );
  await database.change(
    'UPDATE password_resets SET used_at = NOW(3) WHERE user_id = :userId AND used_at IS NULL',
    { userId },
    tx,
  );
  return true;
}
