import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { sellerEvent } from '../events.ts';
import type { SellerProfile } from './seller-profile.model.ts';

interface RecordedSeller {
  profile: SellerProfile;
  /** Left out when the profile is new. */
  changedFields?: string[];
}

function toEvent({ profile, changedFields }: RecordedSeller) {
  const { userId: sellerId, version: sequence, displayName } = profile;
  const about = { subject: sellerId, sequence };
  if (changedFields === undefined)
    return sellerEvent({ ...about, type: 'seller.created', data: { sellerId, displayName } });
  const data = { sellerId, changedFields, ...(changedFields.includes('displayName') && { displayName }) };
  return sellerEvent({ ...about, type: 'seller.changed', data });
}

/** Tells others what a seller's profile has become, in the transaction that made it so; of what is personal only the new. */
export async function recordSeller(
  database: Database,
  tx: Transaction,
  recorded: RecordedSeller,
): Promise<void> {
  await recordEvents(database, tx, [toEvent(recorded)]);
}
