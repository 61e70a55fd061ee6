import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

/** Ends all sessions of a user: their refresh tokens stop working. Access tokens that were issued before stay valid. */
export async function endSessions(
  { database }: { database: Database },
  { userId }: { userId: string },
  tx: Transaction,
): Promise<void> {
  await database.change(
    'UPDATE sessions SET ended_at = NOW(3) WHERE user_id = :userId AND ended_at IS NULL',
    { userId },
    tx,
  );
}
