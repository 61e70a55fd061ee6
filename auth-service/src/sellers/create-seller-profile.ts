import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { type Database, isDuplicate } from '@tradepost/service-kit/database.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { storeRoles } from '../roles/store-roles.ts';
import { recordSeller } from './record-seller.ts';
import { SellerProfile } from './seller-profile.model.ts';
import { notVerified, sellerProfileExists } from './sellers.errors.ts';
import { readProfile } from './sellers.queries.ts';

interface NewProfile {
  caller: Caller;
  displayName: string;
  about?: string | undefined;
}

/** Makes a caller whose e-mail address is verified a seller: stores the profile and adds the role. */
export async function createSellerProfile(
  { database }: { database: Database },
  { caller, displayName, about }: NewProfile,
): Promise<SellerProfile> {
  const { id: userId } = caller;
  return database.transaction(async (tx) => {
    const account = await lockOwnAccount(caller, tx);
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
