import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { type Account, findAccount } from '../accounts/accounts.queries.ts';
import { issueTokens, type TokenIssuer, type Tokens } from './issue-tokens.ts';
import { Session } from './session.model.ts';
import { accountDisabled, invalidCredentials } from './sessions.errors.ts';

/** Starts a session of an account, whose password has just been compared or set, and issues its first pair of tokens. */
export async function startSession(
  { database, tokenIssuer }: { database: Database; tokenIssuer: TokenIssuer },
  account: Account,
): Promise<Tokens> {
  const sessionId = uuidv7();
  return database.transaction(async (tx) => {
    const userId = account.user.id;
    await Session.create({ id: sessionId, userId }, { transaction: tx });
    // The foreign key has locked the account's row (MySQL manual 17.7.3). A change of state, roles or password at this
    // moment has committed before, and is seen here, or runs after: then it ends this session or these tokens.
    const current = await findAccount(userId, tx);
    if (!current || current.user.disabledAt)
      throw accountDisabled('It was disabled or deleted a moment ago.');
    if (current.user.passwordHash !== account.user.passwordHash)
      throw invalidCredentials('The password was changed a moment ago; use the new one.');
    return issueTokens(tokenIssuer, { account: current, sessionId }, tx);
  });
}
