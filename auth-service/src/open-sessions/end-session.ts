import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch } from '@tradepost/service-kit/precondition.ts';
import { neverEdited, noSuchSession, readOpenSession, viewSession } from './open-sessions.queries.ts';

interface EndOfSession {
  sessionId: string;
  /** Whose it must be. */
  userId: string;
  /** The session of the token that asks. */
  currentId: string;
  ifMatch: EntityTags | undefined;
}

/** Ends one of one's own sessions, on a device that was lost perhaps; the affected row decides who ended it. */
export async function endSession(
  { database }: { database: Database },
  { sessionId, userId, currentId, ifMatch }: EndOfSession,
): Promise<void> {
  const session = await readOpenSession(database, { sessionId, userId });
  if (ifMatch !== undefined) requireMatch(ifMatch, neverEdited, () => viewSession(session, currentId));
  const ended = await database.change(
    'UPDATE sessions SET ended_at = NOW(3) WHERE id = :sessionId AND user_id = :userId AND ended_at IS NULL',
    { sessionId, userId },
  );
  if (ended === 0) throw noSuchSession();
}
