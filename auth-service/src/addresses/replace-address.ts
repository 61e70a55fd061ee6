import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import type { PostalAddress } from '@tradepost/postal-address/postal-address.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, withChanges } from '@tradepost/service-kit/precondition.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import type { Address } from './address.model.ts';
import { lockAddress, readAddress, toColumns, versionOf } from './addresses.queries.ts';

interface Replacement {
  addressId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
  address: PostalAddress;
}

/** Replaces an address of the caller. Fields that are not sent become empty. */
export async function replaceAddress(
  { database }: { database: Database },
  { addressId, caller, ifMatch, address }: Replacement,
): Promise<Address> {
  const { id: userId } = caller;
  const phoneE164 = await toE164(address.phone, address.country);
  return database.transaction(async (tx) => {
    await lockOwnAccount(caller, tx);
    const kept = await lockAddress({ addressId, userId }, ifMatch, tx);
    const columns = toColumns(address);
    const names = Object.keys(columns) as (keyof typeof columns)[];
    const changed = names.filter((name) => kept[name] !== columns[name]);
    const fieldVersions = withChanges(versionOf(kept), changed);
    await kept.update(
      { ...columns, phoneE164, version: kept.version + 1, fieldVersions },
      { transaction: tx },
    );
    return readAddress({ addressId, userId }, tx);
  });
}
