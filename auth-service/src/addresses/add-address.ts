import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import type { PostalAddress } from '@tradepost/postal-address/postal-address.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { lockAccount } from '../accounts/accounts.queries.ts';
import { Address } from './address.model.ts';
import { readAddress, toColumns } from './addresses.queries.ts';

interface NewAddress {
  userId: string;
  address: PostalAddress;
}

/** Keeps an address for somebody, whose account must still be there: their token outlives it by up to 15 minutes. */
export async function addAddress(
  { database }: { database: Database },
  { userId, address }: NewAddress,
): Promise<Address> {
  const addressId = uuidv7();
  const phoneE164 = await toE164(address.phone, address.country);
  return database.transaction(async (tx) => {
    // Locked, so that a deletion of the account comes before this address, or takes it along.
    await lockAccount(userId, tx);
    await Address.create({ id: addressId, userId, ...toColumns(address), phoneE164 }, { transaction: tx });
    return readAddress({ addressId, userId }, tx);
  });
}
