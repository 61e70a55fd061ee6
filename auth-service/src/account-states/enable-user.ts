import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { type Account, honourMatch, lockAccount, readAccount } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { User } from '../accounts/user.model.ts';

interface Enabling {
  userId: string;
  ifMatch: EntityTags | undefined;
}

/** Lets somebody log in again who was disabled. The sessions that ended then stay ended. */
export async function enableUser(
  { database }: { database: Database },
  { userId, ifMatch }: Enabling,
): Promise<Account> {
  return database.transaction(async (tx) => {
    const account = await lockAccount(userId, tx);
    honourMatch(ifMatch, account);
    if (!account.user.disabledAt) return account;
    const version = account.user.version + 1;
    await User.update({ disabledAt: null, version }, { where: { id: userId }, transaction: tx });
    const enabled = await readAccount(userId, tx);
    await recordCustomerChange(database, tx, { account: enabled, changedFields: ['disabledAt'] });
    return enabled;
  });
}
