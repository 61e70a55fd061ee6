import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { type Account, honourMatch, readAccount } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { User } from '../accounts/user.model.ts';
import { lockAsAdmin } from '../callers/callers.queries.ts';

interface Enabling {
  caller: Caller;
  userId: string;
  ifMatch: EntityTags | undefined;
}

/** Enables an account, so that its owner can log in again. Sessions and tokens from before stay ended. */
export async function enableUser(
  { database }: { database: Database },
  { caller, userId, ifMatch }: Enabling,
): Promise<Account> {
  return database.transaction(async (tx) => {
    const account = await lockAsAdmin(caller, userId, tx);
    honourMatch(ifMatch, account);
    if (!account.user.disabledAt) return account;
    const version = account.user.version + 1;
    await User.update({ disabledAt: null, version }, { where: { id: userId }, transaction: tx });
    const enabled = await readAccount(userId, tx);
    await recordCustomerChange(database, tx, { account: enabled, changedFields: ['disabledAt'] });
    return enabled;
  });
}
