import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { validationFailed } from '@tradepost/service-kit/problem.ts';
import { findAccount, honourMatch } from '../accounts/accounts.queries.ts';
import { lockOwnAccount, requireRights } from '../callers/callers.queries.ts';
import type { Limits } from '../limits/open-limits.ts';
import type { Passwords } from './hash-passwords.ts';
import { refuseAddress } from './password-rules.ts';
import { replacePassword } from './replace-password.ts';

interface ChangeDependencies {
  database: Database;
  passwords: Passwords;
  limits: Pick<Limits, 'guesses'>;
}

interface PasswordChange {
  caller: Caller;
  currentPassword: string;
  newPassword: string;
  ifMatch: EntityTags | undefined;
}

const wrongPassword = (): Error =>
  validationFailed([{ pointer: '/currentPassword', message: 'is not your password' }]);

/** Changes the password of a caller who knows the current one, and ends all sessions, the caller's own included. */
export async function changePassword(
  { database, passwords, limits: { guesses } }: ChangeDependencies,
  { caller, currentPassword, newPassword, ifMatch }: PasswordChange,
): Promise<void> {
  const { id: userId } = caller;
  const seen = requireRights(await findAccount(userId));
  honourMatch(ifMatch, seen);
  const { email, passwordHash: oldHash } = seen.user;
  refuseAddress(newPassword, email, '/newPassword');
  // Whoever has got hold of a token has no more guesses here than at the log-in.
  await guesses.refuse(email);
  if (!(await passwords.verify(currentPassword, oldHash))) {
    await guesses.countWrong(email);
    throw wrongPassword();
  }
  const newHash = await passwords.hash(newPassword);
  const replaced = await database.transaction(async (tx) => {
    honourMatch(ifMatch, await lockOwnAccount(caller, tx));
    return replacePassword(database, tx, { userId, oldHash, newHash });
  });
  // Somebody else changed it while it was hashed: by now the current password is another.
  if (!replaced) throw wrongPassword();
}
