import type { Database } from '@tradepost/service-kit/database.ts';
import { findAccount, findByEmail } from '../accounts/accounts.queries.ts';
import type { Limits } from '../limits/open-limits.ts';
import type { Passwords } from '../passwords/hash-passwords.ts';
import type { TokenIssuer, Tokens } from './issue-tokens.ts';
import { accountDisabled, invalidCredentials } from './sessions.errors.ts';
import { startSession } from './start-session.ts';

interface LogInDependencies {
  database: Database;
  passwords: Passwords;
  tokenIssuer: TokenIssuer;
  limits: Pick<Limits, 'guesses'>;
}

/**
 * Logs a person in: compares the password, as slowly for an unknown address, and starts a session. Too many wrong passwords
 * are refused whatever the next one is.
 */
export async function logIn(
  dependencies: LogInDependencies,
  { email, password }: { email: string; password: string },
): Promise<Tokens> {
  const { guesses } = dependencies.limits;
  await guesses.refuse(email);
  const user = await findByEmail(email);
  const correct = await dependencies.passwords.verify(password, user?.passwordHash);
  const account = user && correct ? await findAccount(user.id) : undefined;
  if (!user || !account) {
    await guesses.countWrong(email);
    throw invalidCredentials('Check both and try again.');
  }
  // Many at once are all let in above. By now the wrong ones are counted that were compared before this one, so that a right
  // guess among them comes too late as well; and of owners who come at once nobody is refused.
  await guesses.refuse(email);
  // Told to nobody but who knows the password.
  if (account.user.disabledAt) throw accountDisabled('Ask an administrator to enable it.');
  const tokens = await startSession(dependencies, { ...account, user });
  await guesses.rememberPlace(email);
  return tokens;
}
