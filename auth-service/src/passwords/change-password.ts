import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { validationFailed } from '@tradepost/service-kit/problem.ts';
import { honourMatch, lockAccount, readAccount } from '../accounts/accounts.queries.ts';
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
  userId: string;
  currentPassword: string;
  newPassword: string;
  ifMatch: EntityTags | undefined;
}

const wrongPassword = (): Error =>
  validationFailed([{ pointer: '/currentPassword', message: 'is not your password' }]);

/** Changes a password for somebody who knows the current one, and ends all sessions, their own among them. */
export async function changePassword(
  { database, passwords, limits: { guesses } }: ChangeDependencies,
  { userId, currentPassword, newPassword, ifMatch }: PasswordChange,
): Promise<void> {
  const seen = await readAccount(userId);
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
    honourMatch(ifMatch, await lockAccount(userId, tx));
    return replacePassword(database, tx, { userId, oldHash, newHash });
  });
  // Somebody else changed it while it was hashed: by now the current password is another.
  if (!replaced) throw wrongPassword();
}
