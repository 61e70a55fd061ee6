import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';

/** Ends the session that the caller's token belongs to; its refresh tokens stop working. */
export async function logOut({ database }: { database: Database }, caller: Caller): Promise<void> {
  const { sessionId } = caller;
  await database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    await database.change(
      'UPDATE sessions SET ended_at = NOW(3) WHERE id = :sessionId AND ended_at IS NULL',
      { sessionId },
      tx,
    );
  });
}
