import type { Database } from '@tradepost/service-kit/database.ts';
import { withChanges } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { type Account, readAccount, versionOf } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { type Role, UserRole } from '../accounts/user-role.model.ts';
import { endOfTokens, User } from '../accounts/user.model.ts';

interface NewRoles {
  /** Whose row the caller has locked. */
  account: Account;
  roles: readonly Role[];
}

/**
 * Replaces the roles of an account, raises its version and publishes the change. A role that is taken away ends the access
 * tokens that were issued before; a new role is in the next token.
 */
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
  const takesRights = account.roles.some((role) => !roles.includes(role));
  const fieldVersions = withChanges(versionOf(account), ['roles']);
  await User.update(
    { version: version + 1, fieldVersions, ...(takesRights && { tokensValidAfter: endOfTokens }) },
    { where: { id: userId, version }, transaction: tx },
  );
  const changed = await readAccount(userId, tx);
  await recordCustomerChange(database, tx, { account: changed, changedFields: ['roles'], takesRights });
  return changed;
}
