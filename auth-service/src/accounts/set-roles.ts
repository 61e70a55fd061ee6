import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch, withChanges } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { lastAdmin } from './accounts.errors.ts';
import { type Account, readAccount, versionOf, viewAccount } from './accounts.queries.ts';
import { recordCustomerChange } from './record-customer-change.ts';
import { type Role, UserRole } from './user-role.model.ts';
import { User } from './user.model.ts';

interface RolesChange {
  userId: string;
  roles: readonly Role[];
  ifMatch: EntityTags | undefined;
}

/** Locks every admin's row, so that two admins who demote each other at once do so one after the other. */
async function requireAnotherAdmin(userId: string, tx: Transaction): Promise<void> {
  const admins = await UserRole.findAll({
    where: { role: 'admin' },
    order: ['userId'],
    lock: true,
    transaction: tx,
  });
  if (admins.every((admin) => admin.userId === userId)) {
    throw lastAdmin('Make somebody else admin first.');
  }
}

/** Replaces the roles of an account, which always keeps `customer`, and never takes the last admin's away. */
export async function setRoles(
  { database }: { database: Database },
  { userId, roles, ifMatch }: RolesChange,
): Promise<Account> {
  const wanted = [...new Set<Role>(['customer', ...roles])].sort();
  return database.transaction(async (tx) => {
    // Two changes of one account's roles take turns here, so that the set is one of them and not a mixture.
    await User.findByPk(userId, { lock: true, transaction: tx });
    const account = await readAccount(userId, tx);
    if (ifMatch !== undefined) requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
    if (account.roles.join() === wanted.join()) return account;
    if (account.roles.includes('admin') && !wanted.includes('admin')) await requireAnotherAdmin(userId, tx);
    await UserRole.destroy({ where: { userId }, transaction: tx });
    await UserRole.bulkCreate(
      wanted.map((role) => ({ userId, role })),
      { transaction: tx },
    );
    const { version } = account.user;
    const fieldVersions = withChanges(versionOf(account), ['roles']);
    await User.update(
      { version: version + 1, fieldVersions },
      { where: { id: userId, version }, transaction: tx },
    );
    const changed = await readAccount(userId, tx);
    await recordCustomerChange(database, tx, { account: changed, changedFields: ['roles'] });
    return changed;
  });
}
