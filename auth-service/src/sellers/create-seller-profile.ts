import { type Database, isDuplicate } from '@tradepost/service-kit/database.ts';
import { lockAccount } from '../accounts/accounts.queries.ts';
import { storeRoles } from '../roles/store-roles.ts';
import { recordSeller } from './record-seller.ts';
import { SellerProfile } from './seller-profile.model.ts';
import { notVerified, sellerProfileExists } from './sellers.errors.ts';
import { readProfile } from './sellers.queries.ts';

interface NewProfile {
  userId: string;
  displayName: string;
  about?: string | undefined;
}

/** Makes somebody a seller whose e-mail address is verified: a profile, and the role, in force at the next refresh. */
export async function createSellerProfile(
  { database }: { database: Database },
  { userId, displayName, about }: NewProfile,
): Promise<SellerProfile> {
  return database.transaction(async (tx) => {
    const account = await lockAccount(userId, tx);
    if (!account.user.emailVerified) throw notVerified('Verify your e-mail address, then try again.');
    try {
      await SellerProfile.create({ userId, displayName, about: about ?? null }, { transaction: tx });
    } catch (error) {
      throw isDuplicate(error) ? sellerProfileExists('Change it by PATCH instead.') : error;
    }
    if (!account.roles.includes('seller')) {
      const roles = [...account.roles, 'seller' as const].sort();
      await storeRoles(database, tx, { account, roles });
    }
    const profile = await readProfile(userId, tx);
    await recordSeller(database, tx, { profile });
    return profile;
  });
}
