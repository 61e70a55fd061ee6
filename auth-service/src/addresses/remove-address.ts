import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { lockAddress } from './addresses.queries.ts';

interface Removal {
  addressId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
}

/** Deletes an address of the caller. Orders that were sent there have a copy of their own. */
export async function removeAddress(
  { database }: { database: Database },
  { addressId, caller, ifMatch }: Removal,
): Promise<void> {
  await database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    const kept = await lockAddress({ addressId, userId: caller.id }, ifMatch, tx);
    await kept.destroy({ transaction: tx });
  });
}
