import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { MoveKind } from '../inventory/ledger-entry.model.ts';
import { moveStock } from '../inventory/move-stock.ts';
import type { ReservationStatus } from './reservation.model.ts';
import { findItems } from './reservations.queries.ts';

interface Leaving {
  orderId: string;
  status: Exclude<ReservationStatus, 'held'>;
  kind: MoveKind;
  /** Whether the goods leave the house: 1 when they are sold. */
  sold: 0 | 1;
}

/** Takes a reservation out of `held`, which happens once: the affected row decides who does it. False when it was not held. */
export async function leaveHeld(
  database: Database,
  tx: Transaction,
  { orderId, status, kind, sold }: Leaving,
): Promise<boolean> {
  const changed = await database.change(
    `UPDATE reservations SET status = :status WHERE order_id = :orderId AND status = 'held'`,
    { orderId, status },
    tx,
  );
  if (changed === 0) return false;
  const items = await findItems(orderId, tx);
  const moves = items.map(({ productId, quantity }) => ({
    productId,
    kind,
    onHandDelta: sold ? -quantity : 0,
    reservedDelta: -quantity,
    orderId,
  }));
  if (!(await moveStock(database, tx, moves)))
    throw new Error(`The stock of order ${orderId} is not reserved any more.`);
  return true;
}
