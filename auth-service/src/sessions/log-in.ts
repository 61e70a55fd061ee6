import type { Database } from '@tradepost/service-kit/database.ts';
import { findAccount } from '../accounts/accounts.queries.ts';
import type { Passwords } from '../passwords/hash-passwords.ts';
import { User } from '../accounts/user.model.ts';
import type { TokenIssuer, Tokens } from './issue-tokens.ts';
import { invalidCredentials } from './sessions.errors.ts';
import { startSession } from './start-session.ts';

interface LogInDependencies {
  database: Database;
  passwords: Passwords;
  tokenIssuer: TokenIssuer;
}

/** Logs a person in: compares the password, as slowly for an unknown address, and starts a session. */
export async function logIn(
  dependencies: LogInDependencies,
  { email, password }: { email: string; password: string },
): Promise<Tokens> {
  const user = await User.findOne({ where: { email } });
  const correct = await dependencies.passwords.verify(password, user?.passwordHash);
  const account = user && correct ? await findAccount(user.id) : undefined;
  if (!account) throw invalidCredentials('Check both and try again.');
  return startSession(dependencies, account);
}
