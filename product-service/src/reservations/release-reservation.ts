import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { leaveHeld } from './leave-held.ts';
import { wrongState } from './reservations.errors.ts';
import { findReservation, type ReservationWithItems } from './reservations.queries.ts';

/**
 * A hold that comes after its release meets this and is refused; without it a late message would keep the stock for ever.
 * Where the row is there already, ON DUPLICATE KEY locks it for writing at once. INSERT IGNORE would share it with
 * every other release and commit of this order, and then each would wait for all others to let go.
 */
async function leaveTombstone(database: Database, tx: Transaction, orderId: string): Promise<void> {
  await database.change(
    `INSERT INTO reservations (order_id, status) VALUES (:orderId, 'released')
         ON DUPLICATE KEY UPDATE order_id = order_id`,
    { orderId },
    tx,
  );
}

/** Releases a reservation, held or not yet there: its stock is free again. A released one stays as it is. */
export async function releaseReservation(
  { database }: { database: Database },
  { orderId }: { orderId: string },
): Promise<ReservationWithItems> {
  const release = { orderId, status: 'released', kind: 'release', sold: 0 } as const;
  await database.transaction(async (tx) => {
    await leaveTombstone(database, tx, orderId);
    // After the tombstone, so that a hold which came in between is found: one of the two has the row.
    await leaveHeld(database, tx, release);
  });
  const found = await findReservation(orderId);
  if (found?.reservation.status !== 'released')
    throw wrongState('A committed reservation cannot be released; return it.');
  return found;
}
