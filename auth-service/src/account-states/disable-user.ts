import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { type Account, honourMatch, readAccount } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { endOfTokens, User } from '../accounts/user.model.ts';
import { lockAsAdmin } from '../callers/callers.queries.ts';
import { endSessions } from '../open-sessions/end-sessions.ts';
import { requireAnotherAdmin } from '../roles/require-another-admin.ts';

interface Disabling {
  caller: Caller;
  userId: string;
  ifMatch: EntityTags | undefined;
}

/**
 * Disables an account: its sessions end, no new session begins, and its access tokens no longer count. The last admin
 * cannot be disabled.
 */
export async function disableUser(
  { database }: { database: Database },
  { caller, userId, ifMatch }: Disabling,
): Promise<Account> {
  return database.transaction(async (tx) => {
    const account = await lockAsAdmin(caller, userId, tx);
    honourMatch(ifMatch, account);
    if (account.user.disabledAt) return account;
    if (account.roles.includes('admin')) await requireAnotherAdmin(userId, tx);
    await endSessions({ database }, { userId }, tx);
    const version = account.user.version + 1;
    const disabledAt = new Date(database.clock.now());
    const changes = { disabledAt, tokensValidAfter: endOfTokens, version };
    await User.update(changes, { where: { id: userId }, transaction: tx });
    const disabled = await readAccount(userId, tx);
    const changedFields = ['disabledAt'];
    await recordCustomerChange(database, tx, { account: disabled, changedFields, takesRights: true });
    return disabled;
  });
}
