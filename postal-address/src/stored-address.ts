import { toE164 } from './phone-number.ts';
import type { PostalAddress } from './postal-address.ts';

/** An address as it is stored in one JSON value. */
export interface StoredAddress extends PostalAddress {
  /** The international form of `phone`; left out where it cannot be derived. */
  phoneE164?: string;
}

/** Adds the international form of the phone number, which is read with the country of the address. */
export async function toStoredAddress(address: PostalAddress): Promise<StoredAddress> {
  const phoneE164 = await toE164(address.phone, address.country);
  return phoneE164 === null ? address : { ...address, phoneE164 };
}

/** The address as it was sent. */
export function viewStoredAddress({ phoneE164: _stored, ...address }: StoredAddress): PostalAddress {
  return address;
}
