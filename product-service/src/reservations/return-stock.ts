import type { Database } from '@tradepost/service-kit/database.ts';
import { fromJson } from '@tradepost/service-kit/model-columns.ts';
import type { Transaction } from 'sequelize';
import { sumLines } from './pricing.ts';
import { moveStock } from '../inventory/move-stock.ts';
import { Reservation } from './reservation.model.ts';
import { reservationDiffers, wrongState } from './reservations.errors.ts';
import { getReservation, type ReservationWithItems } from './reservations.queries.ts';

interface Return {
  orderId: string;
  returnId: string;
  items: { productId: string; quantity: number }[];
}

/** Whether this return was made before; another one under its id is refused. */
async function isRepeated(
  database: Database,
  tx: Transaction,
  { orderId, returnId, items }: Return,
): Promise<boolean> {
  const [made] = await database.select<{ items: unknown }>(
    'SELECT items FROM reservation_returns WHERE order_id = :orderId AND return_id = :returnId',
    { orderId, returnId },
    tx,
  );
  if (!made) return false;
  const same = JSON.stringify([...sumLines(items)].sort()) === JSON.stringify(fromJson(made.items));
  if (!same) throw reservationDiffers('This returnId was used for other items; use a fresh one.');
  return true;
}

async function takeBack(
  database: Database,
  tx: Transaction,
  { orderId, returnId, items }: Return,
): Promise<void> {
  const quantities = [...sumLines(items)].sort();
  await database.change(
    'INSERT INTO reservation_returns (order_id, return_id, items) VALUES (:orderId, :returnId, :items)',
    { orderId, returnId, items: JSON.stringify(quantities) },
    tx,
  );
  for (const [productId, quantity] of quantities) {
    const changed = await database.change(
      `UPDATE reservation_items SET returned_quantity = returned_quantity + :quantity
        WHERE order_id = :orderId AND product_id = :productId AND returned_quantity + :quantity <= quantity`,
      { orderId, productId, quantity },
      tx,
    );
    if (changed === 0)
      throw wrongState(`No ${quantity} more of product ${productId} can come back from this order.`);
  }
  const moves = quantities.map(([productId, quantity]) => ({
    productId,
    kind: 'return' as const,
    onHandDelta: quantity,
    reservedDelta: 0,
    orderId,
  }));
  if (!(await moveStock(database, tx, moves)))
    throw new Error(`The stock of order ${orderId} cannot take a return.`);
}

/** Puts sold goods of a committed reservation back in stock, at most as many as were sold; one returnId does so once. */
export async function returnStock(
  { database }: { database: Database },
  request: Return,
): Promise<ReservationWithItems> {
  const { orderId } = request;
  await database.transaction(async (tx) => {
    // Returns of one order take turns, so that the same returnId sent twice at once is found by the second.
    const reservation = await Reservation.findByPk(orderId, { lock: true, transaction: tx });
    if (reservation?.status !== 'committed') {
      throw wrongState(
        `Only a committed reservation takes returns; this one is ${reservation?.status ?? 'unknown'}.`,
      );
    }
    if (!(await isRepeated(database, tx, request))) await takeBack(database, tx, request);
  });
  return getReservation(orderId);
}
