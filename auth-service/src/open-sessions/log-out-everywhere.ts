import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { endSessions } from './end-sessions.ts';

/** Ends all sessions of the caller, the session of the token at hand included. */
export async function logOutEverywhere({ database }: { database: Database }, caller: Caller): Promise<void> {
  await database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    await endSessions({ database }, { userId: caller.id }, tx);
  });
}
