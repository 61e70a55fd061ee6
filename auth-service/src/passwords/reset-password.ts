import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { lockAccount, readAccount } from '../accounts/accounts.queries.ts';
import type { Limits } from '../limits/open-limits.ts';
import type { Passwords } from './hash-passwords.ts';
import { hashResetToken } from './hash-reset-token.ts';
import { resetTokenExpired, resetTokenWrong } from './passwords.errors.ts';
import { refuseAddress } from './password-rules.ts';
import { findReset } from './passwords.queries.ts';
import { replacePassword } from './replace-password.ts';

interface ResetDependencies {
  database: Database;
  passwords: Passwords;
  limits: Pick<Limits, 'guesses'>;
}

interface PasswordReset {
  token: string;
  newPassword: string;
}

const expired = (): Error => resetTokenExpired('Ask for a new one.');

/** Of two who send one token, one finds it unused: the affected row decides. */
async function useToken(database: Database, tokenHash: string, tx: Transaction): Promise<boolean> {
  const used = await database.change(
    `UPDATE password_resets SET used_at = NOW(3)
      WHERE token_hash = :tokenHash AND used_at IS NULL AND expires_at > NOW(3)`,
    { tokenHash },
    tx,
  );
  return used === 1;
}

/**
 * Replaces a forgotten password for whoever has the token from the message, ends all sessions of the account, and lets them in
 * from where they are, however many passwords were guessed.
 */
export async function resetPassword(
  { database, passwords, limits: { guesses } }: ResetDependencies,
  { token, newPassword }: PasswordReset,
): Promise<void> {
  const tokenHash = hashResetToken(token);
  // A look before the work: hashing takes a core for a quarter of a second, and a stranger's guess is not worth it.
  const reset = await findReset(database, tokenHash);
  if (!reset) throw resetTokenWrong('Copy the whole token from the message.');
  if (reset.isOver) throw expired();
  refuseAddress(newPassword, (await readAccount(reset.userId)).user.email, '/newPassword');
  const newHash = await passwords.hash(newPassword);
  const email = await database.transaction(async (tx) => {
    // Locked before the token is, as by those who change the password: the two cannot wait for each other.
    const { user } = await lockAccount(reset.userId, tx);
    if (!(await useToken(database, tokenHash, tx))) return undefined;
    await replacePassword(database, tx, { userId: user.id, oldHash: user.passwordHash, newHash });
    return user.email;
  });
  if (email === undefined) throw expired();
  await guesses.startAnew(email);
}
