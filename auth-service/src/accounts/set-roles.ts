import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { lockAsAdmin } from '../callers/callers.queries.ts';
import { requireAnotherAdmin } from '../roles/require-another-admin.ts';
import { storeRoles } from '../roles/store-roles.ts';
import { type Account, honourMatch } from './accounts.queries.ts';
import type { Role } from './user-role.model.ts';

interface RolesChange {
  caller: Caller;
  userId: string;
  roles: readonly Role[];
  ifMatch: EntityTags | undefined;
}

/** Replaces the roles of an account. `customer` always stays, and the last admin cannot lose the role. */
export async function setRoles(
  { database }: { database: Database },
  { caller, userId, roles, ifMatch }: RolesChange,
): Promise<Account> {
  const wanted = [...new Set<Role>(['customer', ...roles])].sort();
  return database.transaction(async (tx) => {
    // Two changes of one account's roles run one after the other, so that the result is one of the two sets.
    const account = await lockAsAdmin(caller, userId, tx);
    honourMatch(ifMatch, account);
    if (account.roles.join() === wanted.join()) return account;
    if (account.roles.includes('admin') && !wanted.includes('admin')) await requireAnotherAdmin(userId, tx);
    return storeRoles(database, tx, { account, roles: wanted });
  });
}
