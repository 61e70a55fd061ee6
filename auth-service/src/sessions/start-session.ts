import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../accounts/accounts.queries.ts';
import { User } from '../accounts/user.model.ts';
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
    // The foreign key has locked the account's row (MySQL manual 17.7.3): who disables or deletes it or changes its password
    // at this moment was first, and is seen here, or finds this session and ends it.
    const able = await User.findOne({
      where: { id: userId, disabledAt: null, deletedAt: null },
      transaction: tx,
    });
    if (!able) throw accountDisabled('It was disabled or deleted a moment ago.');
    if (able.passwordHash !== account.user.passwordHash)
      throw invalidCredentials('The password was changed a moment ago; use the new one.');
    return issueTokens(tokenIssuer, { account, sessionId }, tx);
  });
}
