import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch, withChanges } from '@tradepost/service-kit/precondition.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { type Account, readAccount, versionOf, viewAccount } from './accounts.queries.ts';
import { recordCustomerChange } from './record-customer-change.ts';
import { User } from './user.model.ts';

interface UserChange {
  caller: Caller;
  ifMatch: EntityTags | undefined;
  changes: { displayName?: string | null; phone?: string | null };
}

/** Changes the caller's own account if it has the expected version. */
export async function changeUser(
  { database }: { database: Database },
  { caller, ifMatch, changes }: UserChange,
): Promise<Account> {
  const { id: userId } = caller;
  const derived = 'phone' in changes ? { phoneE164: await toE164(changes.phone) } : {};
  return database.transaction(async (tx) => {
    const account = await lockOwnAccount(caller, tx);
    requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
    const { version } = account.user;
    const fields = Object.keys(changes) as (keyof typeof changes)[];
    const changed = fields.filter((field) => changes[field] !== account.user[field]);
    const fieldVersions = withChanges(versionOf(account), changed);
    // The row is locked since it was read. Static update() does not raise the version by itself.
    const columns = { ...changes, ...derived, version: version + 1, fieldVersions };
    await User.update(columns, { where: { id: userId, version }, transaction: tx });
    const current = await readAccount(userId, tx);
    await recordCustomerChange(database, tx, { account: current, changedFields: changed });
    return current;
  });
}
