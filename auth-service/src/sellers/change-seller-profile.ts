import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch, withChanges } from '@tradepost/service-kit/precondition.ts';
import { recordSeller } from './record-seller.ts';
import type { SellerProfile } from './seller-profile.model.ts';
import { readProfile, versionOf, viewProfile } from './sellers.queries.ts';

interface ProfileChange {
  userId: string;
  ifMatch: EntityTags | undefined;
  changes: { displayName?: string; about?: string | null };
}

/** Changes one's own seller profile, whose version its owner must know; the row is locked from the look to the edit. */
export async function changeSellerProfile(
  { database }: { database: Database },
  { userId, ifMatch, changes }: ProfileChange,
): Promise<SellerProfile> {
  return database.transaction(async (tx) => {
    const profile = await readProfile(userId, tx);
    requireMatch(ifMatch, versionOf(profile), () => viewProfile(profile));
    const fields = Object.keys(changes) as (keyof typeof changes)[];
    const changedFields = fields.filter((field) => changes[field] !== profile[field]);
    const fieldVersions = withChanges(versionOf(profile), changedFields);
    const version = profile.version + 1;
    await profile.update({ ...changes, version, fieldVersions }, { transaction: tx });
    const changed = await readProfile(userId, tx);
    await recordSeller(database, tx, { profile: changed, changedFields });
    return changed;
  });
}
