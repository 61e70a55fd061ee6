import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { type Account, honourMatch, lockAccount, readAccount } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { User } from '../accounts/user.model.ts';
import { endSessions } from '../open-sessions/end-sessions.ts';
import { requireAnotherAdmin } from '../roles/require-another-admin.ts';

interface Disabling {
  userId: string;
  ifMatch: EntityTags | undefined;
}

/** Keeps somebody from logging in and refreshing: ends their sessions, and no new one begins. Never the last admin. */
export async function disableUser(
  { database }: { database: Database },
  { userId, ifMatch }: Disabling,
): Promise<Account> {
  return database.transaction(async (tx) => {
    const account = await lockAccount(userId, tx);
    honourMatch(ifMatch, account);
    if (account.user.disabledAt) return account;
    if (account.roles.includes('admin')) await requireAnotherAdmin(userId, tx);
    await endSessions({ database }, { userId }, tx);
    const version = account.user.version + 1;
    const disabledAt = new Date(database.clock.now());
    await User.update({ disabledAt, version }, { where: { id: userId }, transaction: tx });
    const disabled = await readAccount(userId, tx);
    await recordCustomerChange(database, tx, { account: disabled, changedFields: ['disabledAt'] });
    return disabled;
  });
}
