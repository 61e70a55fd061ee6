import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { requireAnotherAdmin } from '../roles/require-another-admin.ts';
import { storeRoles } from '../roles/store-roles.ts';
import { type Account, honourMatch, lockAccount } from './accounts.queries.ts';
import type { Role } from './user-role.model.ts';

interface RolesChange {
  userId: string;
  roles: readonly Role[];
  ifMatch: EntityTags | undefined;
}

/** Replaces the roles of an account, which always keeps `customer`, and never takes the last admin's away. */
export async function setRoles(
  { database }: { database: Database },
  { userId, roles, ifMatch }: RolesChange,
): Promise<Account> {
  const wanted = [...new Set<Role>(['customer', ...roles])].sort();
  return database.transaction(async (tx) => {
    // Two changes of one account's roles take turns here, so that the set is one of them and not a mixture.
    const account = await lockAccount(userId, tx);
    honourMatch(ifMatch, account);
    if (account.roles.join() === wanted.join()) return account;
    if (account.roles.includes('admin') && !wanted.includes('admin')) await requireAnotherAdmin(userId, tx);
    return storeRoles(database, tx, { account, roles: wanted });
  });
}
