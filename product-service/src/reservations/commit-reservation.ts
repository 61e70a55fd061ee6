import type { Database } from '@tradepost/service-kit/database.ts';
import { leaveHeld } from './leave-held.ts';
import { wrongState } from './reservations.errors.ts';
import { findReservation, type ReservationWithItems } from './reservations.queries.ts';

/** Commits a held reservation: its goods are sold. A committed one stays as it is. */
export async function commitReservation(
  { database }: { database: Database },
  { orderId }: { orderId: string },
): Promise<ReservationWithItems> {
  await database.transaction((tx) =>
    leaveHeld(database, tx, { orderId, status: 'committed', kind: 'commit', sold: 1 }),
  );
  const found = await findReservation(orderId);
  if (found?.reservation.status !== 'committed') {
    throw wrongState(
      `Only a held reservation can be committed; this one is ${found?.reservation.status ?? 'unknown'}.`,
    );
  }
  return found;
}
