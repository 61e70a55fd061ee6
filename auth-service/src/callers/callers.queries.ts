import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { forbidden, unauthenticated } from '@tradepost/service-kit/problem.ts';
import type { Transaction } from 'sequelize';
import { type Account, findAccount, readAccount } from '../accounts/accounts.queries.ts';
import type { Role } from '../accounts/user-role.model.ts';
import { User } from '../accounts/user.model.ts';

/**
 * The rule for every caller of auth-service: the account in the database decides, not the token.
 * @param account of the caller; undefined when it was deleted
 * @param role that the route needs
 * @throws 401 when the account is disabled or deleted, 403 when it lacks the role
 */
export function requireRights(account: Account | undefined, role?: Role): Account {
  if (!account || account.user.disabledAt) throw unauthenticated('Your account was disabled or deleted.');
  if (role !== undefined && !account.roles.includes(role)) throw forbidden(`This needs the role: ${role}.`);
  return account;
}

/** Locks the caller's own account until the transaction ends, and checks that it may still act. */
export async function lockOwnAccount({ id }: Caller, tx: Transaction): Promise<Account> {
  await User.findByPk(id, { lock: true, transaction: tx });
  return requireRights(await findAccount(id, tx));
}

/**
 * Locks the account that an admin changes, and checks that the caller is still an admin. Both rows are locked in ascending
 * order of their ids: two admins who change each other cannot wait for each other in a circle. The caller's row is locked
 * for reading only: changes of other accounts by the same admin run side by side.
 * @returns the account to change; 404 when there is none
 */
export async function lockAsAdmin(caller: Caller, userId: string, tx: Transaction): Promise<Account> {
  for (const id of [...new Set([caller.id, userId])].sort()) {
    const lock = id === userId ? tx.LOCK.UPDATE : tx.LOCK.SHARE;
    await User.findByPk(id, { lock, transaction: tx });
  }
  requireRights(await findAccount(caller.id, tx), 'admin');
  return readAccount(userId, tx);
}

/**
 * Reads something for a caller. The rights are checked after the read: a caller who lost them before it gets nothing of it.
 * @param role that the caller needs
 */
export async function readAs<T>(caller: Caller, read: () => Promise<T>, role?: Role): Promise<T> {
  const found = await read();
  requireRights(await findAccount(caller.id), role);
  return found;
}
