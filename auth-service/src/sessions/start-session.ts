import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../accounts/accounts.queries.ts';
import { issueTokens, type TokenIssuer, type Tokens } from './issue-tokens.ts';
import { Session } from './session.model.ts';

/** Starts a session of an account and issues its first pair of tokens. */
export async function startSession(
  { database, tokenIssuer }: { database: Database; tokenIssuer: TokenIssuer },
  account: Account,
): Promise<Tokens> {
  const sessionId = uuidv7();
  return database.transaction(async (tx) => {
    await Session.create({ id: sessionId, userId: account.user.id }, { transaction: tx });
    return issueTokens(tokenIssuer, { account, sessionId }, tx);
  });
}
