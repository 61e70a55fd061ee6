import type { Database } from '@tradepost/service-kit/database.ts';

export interface FoundReset {
  userId: string;
  /** Expired, or used. */
  isOver: boolean;
}

/** A token that comes so late is as good as unknown. */
export const oldResets = 'DELETE FROM password_resets WHERE expires_at < NOW(3) - INTERVAL 1 DAY LIMIT 1000';

/** Whose password a token may reset; undefined when nobody ever got it. */
export async function findReset(database: Database, tokenHash: string): Promise<FoundReset | undefined> {
  const [row] = await database.select<{ userId: string; isOver: number }>(
    `SELECT user_id AS userId, used_at IS NOT NULL OR expires_at <= NOW(3) AS isOver
       FROM password_resets WHERE token_hash = :tokenHash AND user_id IS NOT NULL`,
    { tokenHash },
  );
  return row && { userId: row.userId, isOver: Boolean(row.isOver) };
}
