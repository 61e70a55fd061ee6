import type { PostalAddress } from '@tradepost/postal-address/postal-address.ts';
import { type EntityTags, requireMatch, type Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { Op, type Transaction } from 'sequelize';
import { Address } from './address.model.ts';

interface OneAddress {
  addressId: string;
  /** Whose it must be. */
  userId: string;
}

/** Somebody's addresses, newest first, one more than asked for. */
export function listAddresses({
  userId,
  limit,
  cursor,
}: {
  userId: string;
  limit: number;
  cursor?: string | undefined;
}): Promise<Address[]> {
  return Address.findAll({
    where: { userId, ...(cursor !== undefined && { id: { [Op.lt]: cursor } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
}

/** An address of one's own; that of somebody else does not exist. In a transaction it is locked. */
export async function readAddress({ addressId, userId }: OneAddress, tx?: Transaction): Promise<Address> {
  const where = { id: addressId, userId };
  const found = await Address.findOne({ where, ...(tx && { transaction: tx, lock: true }) });
  if (!found) throw notFound('You have no such address.');
  return found;
}

/** One to be edited: locked, and of the version that its owner knows. */
export async function lockAddress(
  one: OneAddress,
  ifMatch: EntityTags | undefined,
  tx: Transaction,
): Promise<Address> {
  const found = await readAddress(one, tx);
  requireMatch(ifMatch, versionOf(found), () => viewAddress(found));
  return found;
}

export function versionOf({ version, fieldVersions }: Address): Versioned {
  return { version, fieldVersions };
}

/** The columns of an address: what a country does not have is null there. */
export function toColumns(address: PostalAddress) {
  const nothing = { line2: null, region: null, postalCode: null, phone: null };
  return { ...nothing, ...address };
}

/** What its owner sees of an address. */
export function viewAddress(address: Address) {
  const { id, name, line1, line2, city, region, postalCode, country, phone, version } = address;
  return {
    id,
    name,
    line1,
    ...(line2 !== null && { line2 }),
    city,
    ...(region !== null && { region }),
    ...(postalCode !== null && { postalCode }),
    country,
    ...(phone !== null && { phone }),
    version,
    createdAt: address.createdAt.toISOString(),
    updatedAt: address.updatedAt.toISOString(),
  };
}
