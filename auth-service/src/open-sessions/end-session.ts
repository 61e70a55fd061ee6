import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch } from '@tradepost/service-kit/precondition.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { neverEdited, noSuchSession, readOpenSession, viewSession } from './open-sessions.queries.ts';

interface EndOfSession {
  sessionId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
}

/** Ends one of the caller's own sessions, for example on a lost device. The affected row decides which request ended it. */
export async function endSession(
  { database }: { database: Database },
  { sessionId, caller, ifMatch }: EndOfSession,
): Promise<void> {
  const { id: userId, sessionId: currentId } = caller;
  await database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    const session = await readOpenSession(database, { sessionId, userId }, tx);
    if (ifMatch !== undefined) requireMatch(ifMatch, neverEdited, () => viewSession(session, currentId));
    const ended = await database.change(
      'UPDATE sessions SET ended_at = NOW(3) WHERE id = :sessionId AND user_id = :userId AND ended_at IS NULL',
      { sessionId, userId },
      tx,
    );
    if (ended === 0) throw noSuchSession();
  });
}
