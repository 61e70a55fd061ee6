import type { Database } from '@tradepost/service-kit/database.ts';

/** Ends the session that the caller's token belongs to; its refresh tokens stop working. */
export async function logOut(
  { database }: { database: Database },
  { sessionId }: { sessionId: string },
): Promise<void> {
  await database.change('UPDATE sessions SET ended_at = NOW(3) WHERE id = :sessionId AND ended_at IS NULL', {
    sessionId,
  });
}
