import type { Database } from '@tradepost/service-kit/database.ts';
import { withChanges } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { type Account, readAccount, versionOf } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { type Role, UserRole } from '../accounts/user-role.model.ts';
import { User } from '../accounts/user.model.ts';

interface NewRoles {
  /** Whose row the caller has locked. */
  account: Account;
  roles: readonly Role[];
}

/** Writes the roles of an account down as a set, raises its version, and tells others. In force at the next refresh. */
export async function storeRoles(
  database: Database,
  tx: Transaction,
  { account, roles }: NewRoles,
): Promise<Account> {
  const { id: userId, version } = account.user;
  await UserRole.destroy({ where: { userId }, transaction: tx });
  await UserRole.bulkCreate(
    roles.map((role) => ({ userId, role })),
    { transaction: tx },
  );
  const fieldVersions = withChanges(versionOf(account), ['roles']);
  await User.update(
    { version: version + 1, fieldVersions },
    { where: { id: userId, version }, transaction: tx },
  );
  const changed = await readAccount(userId, tx);
  await recordCustomerChange(database, tx, { account: changed, changedFields: ['roles'] });
  return changed;
}
