import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import type { PostalAddress } from '@tradepost/postal-address/postal-address.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { Address } from './address.model.ts';
import { readAddress, toColumns } from './addresses.queries.ts';

interface NewAddress {
  caller: Caller;
  address: PostalAddress;
}

/** Stores an address of the caller. */
export async function addAddress(
  { database }: { database: Database },
  { caller, address }: NewAddress,
): Promise<Address> {
  const { id: userId } = caller;
  const addressId = uuidv7();
  const phoneE164 = await toE164(address.phone, address.country);
  return database.transaction(async (tx) => {
    // Locked: a deletion of the account runs before, and this address is refused, or after, and deletes it.
    await lockOwnAccount(caller, tx);
    await Address.create({ id: addressId, userId, ...toColumns(address), phoneE164 }, { transaction: tx });
    return readAddress({ addressId, userId }, tx);
  });
}
