import type { Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { Op, type Transaction } from 'sequelize';
import { SellerProfile } from './seller-profile.model.ts';

/** The profile of a seller who has not left. In a transaction it is locked. */
export async function readProfile(userId: string, tx?: Transaction): Promise<SellerProfile> {
  const where = { userId, displayName: { [Op.ne]: null } };
  const found = await SellerProfile.findOne({ where, ...(tx && { transaction: tx, lock: true }) });
  if (!found) throw notFound('There is no such seller profile.');
  return found;
}

export function versionOf({ version, fieldVersions }: SellerProfile): Versioned {
  return { version, fieldVersions };
}

/** What a seller sees of their own profile. */
export function viewProfile({ userId, displayName, about, version, createdAt, updatedAt }: SellerProfile) {
  return {
    id: userId,
    displayName: displayName ?? '',
    about,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** What everybody sees of a seller. Nobody can review anything yet. */
export function viewSeller({ displayName, about, createdAt }: SellerProfile) {
  return {
    displayName: displayName ?? '',
    about,
    rating: null,
    ratingCount: 0,
    since: createdAt.toISOString(),
  };
}
