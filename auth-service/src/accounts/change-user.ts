import type { Database } from '@tradepost/service-kit/database.ts';
import {
  type EntityTags,
  requireMatch,
  staleVersion,
  withChanges,
} from '@tradepost/service-kit/precondition.ts';
import { type Account, readAccount, versionOf, viewAccount } from './accounts.queries.ts';
import { User } from './user.model.ts';

interface UserChange {
  userId: string;
  ifMatch: EntityTags | undefined;
  changes: { displayName?: string | null; phone?: string | null };
}

/** Changes one's own account: compares the version, then updates the row if it still has that version. */
export async function changeUser(
  { database }: { database: Database },
  { userId, ifMatch, changes }: UserChange,
): Promise<Account> {
  const account = await readAccount(userId);
  requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
  const { version } = account.user;
  const fields = Object.keys(changes) as (keyof typeof changes)[];
  const changed = fields.filter((field) => changes[field] !== account.user[field]);
  const fieldVersions = withChanges(versionOf(account), changed);
  const [updated] = await database.transaction((tx) =>
    // The version in the WHERE decides a race; static update() does not raise it by itself.
    User.update(
      { ...changes, version: version + 1, fieldVersions },
      { where: { id: userId, version }, transaction: tx },
    ),
  );
  const current = await readAccount(userId);
  if (updated === 0) throw staleVersion([String(version)], versionOf(current), viewAccount(current));
  return current;
}
