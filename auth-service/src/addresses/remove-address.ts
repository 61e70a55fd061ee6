import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { lockAddress } from './addresses.queries.ts';

interface Removal {
  addressId: string;
  userId: string;
  ifMatch: EntityTags | undefined;
}

/** Forgets an address. Orders that were sent there have a copy of their own. */
export async function removeAddress(
  { database }: { database: Database },
  { addressId, userId, ifMatch }: Removal,
): Promise<void> {
  await database.transaction(async (tx) => {
    const kept = await lockAddress({ addressId, userId }, ifMatch, tx);
    await kept.destroy({ transaction: tx });
  });
}
