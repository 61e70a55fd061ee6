import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch, withChanges } from '@tradepost/service-kit/precondition.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { recordSeller } from './record-seller.ts';
import type { SellerProfile } from './seller-profile.model.ts';
import { readProfile, versionOf, viewProfile } from './sellers.queries.ts';

interface ProfileChange {
  caller: Caller;
  ifMatch: EntityTags | undefined;
  changes: { displayName?: string; about?: string | null };
}

/** Changes the caller's own seller profile if it has the expected version. The row is locked from the read to the edit. */
export async function changeSellerProfile(
  { database }: { database: Database },
  { caller, ifMatch, changes }: ProfileChange,
): Promise<SellerProfile> {
  return database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    const profile = await readProfile(caller.id, tx);
    requireMatch(ifMatch, versionOf(profile), () => viewProfile(profile));
    const fields = Object.keys(changes) as (keyof typeof changes)[];
    const changedFields = fields.filter((field) => changes[field] !== profile[field]);
    const fieldVersions = withChanges(versionOf(profile), changedFields);
    const version = profile.version + 1;
    await profile.update({ ...changes, version, fieldVersions }, { transaction: tx });
    const changed = await readProfile(caller.id, tx);
    await recordSeller(database, tx, { profile: changed, changedFields });
    return changed;
  });
}
