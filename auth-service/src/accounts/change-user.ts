import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import {
  type EntityTags,
  requireMatch,
  staleVersion,
  withChanges,
} from '@tradepost/service-kit/precondition.ts';
import { type Account, readAccount, versionOf, viewAccount } from './accounts.queries.ts';
import { recordCustomerChange } from './record-customer-change.ts';
import { User } from './user.model.ts';

interface UserChange {
  userId: string;
  ifMatch: EntityTags | undefined;
  changes: { displayName?: string | null; phone?: string | null };
}

/** Changes one's own account: compares the version, updates the row if it still has that version, and reads what it made. */
export async function changeUser(
  { database }: { database: Database },
  { userId, ifMatch, changes }: UserChange,
): Promise<Account> {
  const derived = 'phone' in changes ? { phoneE164: await toE164(changes.phone) } : {};
  // The update locks the row until COMMIT: what is read after it is this edit, never the next one.
  return database.transaction(async (tx) => {
    const account = await readAccount(userId, tx);
    requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
    const { version } = account.user;
    const fields = Object.keys(changes) as (keyof typeof changes)[];
    const changed = fields.filter((field) => changes[field] !== account.user[field]);
    const fieldVersions = withChanges(versionOf(account), changed);
    // The version in the WHERE decides a race; static update() does not raise it by itself.
    const [updated] = await User.update(
      { ...changes, ...derived, version: version + 1, fieldVersions },
      { where: { id: userId, version }, transaction: tx },
    );
    const current = await readAccount(userId, tx);
    if (updated === 0) throw staleVersion([String(version)], versionOf(current), viewAccount(current));
    await recordCustomerChange(database, tx, { account: current, changedFields: changed });
    return current;
  });
}
