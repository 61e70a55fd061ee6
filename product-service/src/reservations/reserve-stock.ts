import { type Database, isDuplicate } from '@tradepost/service-kit/database.ts';
import { Problem } from '@tradepost/service-kit/problem.ts';
import type { Transaction } from 'sequelize';
import { moveStock } from '../inventory/move-stock.ts';
import { lockStock } from '../inventory/inventory.queries.ts';
import { type Line, type PricedItem, priceItems, refuseShort, sumLines } from './pricing.ts';
import { ReservationItem } from './reservation-item.model.ts';
import { Reservation } from './reservation.model.ts';
import { reservationDiffers, reservationReleased } from './reservations.errors.ts';
import { findOffers, findReservation, type ReservationWithItems } from './reservations.queries.ts';

export interface ReservationRequest {
  orderId: string;
  buyerId: string;
  items: Line[];
  reviewAt: string;
}

/** A reservation, and whether this request made it. */
export interface Reserved {
  created: boolean;
  held: ReservationWithItems;
}

interface Hold extends ReservationRequest {
  priced: PricedItem[];
}

/** Rolls the transaction back: some product has less than the holds want. */
class StockShort extends Error {}

/**
 * Prices and names as they are now, for every request, read once for all. What is short by then is refused before
 * anything is written or locked: a product that everybody wants and nobody can have costs one read each.
 */
async function priceRequests(
  database: Database,
  tx: Transaction,
  requests: readonly ReservationRequest[],
): Promise<Hold[]> {
  const productIds = new Set(requests.flatMap(({ items }) => items.map(({ productId }) => productId)));
  const offers = await findOffers(database, tx, [...productIds]);
  return requests.map((request) => {
    const priced = priceItems(request.buyerId, request.items, offers);
    refuseShort(priced, offers);
    return { ...request, priced };
  });
}

/** Stores the reservations of several orders and takes their stock, all or none; gives the items that are held now. */
async function hold(database: Database, tx: Transaction, holds: readonly Hold[]): Promise<PricedItem[]> {
  await Reservation.bulkCreate(
    holds.map(({ orderId, buyerId, reviewAt }) => ({
      orderId,
      buyerId,
      reviewAt: new Date(reviewAt),
      status: 'held',
    })),
    { transaction: tx },
  );
  await ReservationItem.bulkCreate(
    holds.flatMap(({ orderId, priced }) => priced.map((item) => ({ ...item, orderId }))),
    { transaction: tx },
  );
  const moves = holds.flatMap(({ orderId, priced }) =>
    priced.map(({ productId, quantity }) => ({
      productId,
      kind: 'hold' as const,
      onHandDelta: 0,
      reservedDelta: quantity,
      orderId,
    })),
  );
  if (!(await moveStock(database, tx, moves))) throw new StockShort();
  return holds.flatMap(({ priced }) => priced);
}

/** Locks the rows before it looks at them: then what it sees is so until the hold, or exactly what is short. */
async function holdOrNameShort(
  database: Database,
  tx: Transaction,
  request: ReservationRequest,
): Promise<PricedItem[]> {
  await lockStock([...sumLines(request.items).keys()], tx);
  return hold(database, tx, await priceRequests(database, tx, [request]));
}

function sameItems(request: ReservationRequest, { reservation, items }: ReservationWithItems): boolean {
  const wanted = sumLines(request.items);
  const same = items.every(({ productId, quantity }) => wanted.get(productId) === quantity);
  return reservation.buyerId === request.buyerId && wanted.size === items.length && same;
}

/** What an order that has a reservation already is told: the same again, but a released one never comes back. */
function repeat(request: ReservationRequest, existing: ReservationWithItems): ReservationWithItems {
  if (existing.reservation.status === 'released') throw reservationReleased('Place a new order.');
  if (!sameItems(request, existing)) {
    throw reservationDiffers('An order is reserved once; its items cannot change.');
  }
  return existing;
}

/** Holds an order's stock, all of it or none, at the prices of this moment; asked again, it answers what it holds. */
export async function reserveStock(
  { database }: { database: Database },
  request: ReservationRequest,
): Promise<Reserved> {
  try {
    const items = await database
      .transaction(async (tx) => hold(database, tx, await priceRequests(database, tx, [request])))
      .catch((error: unknown) => {
        if (!(error instanceof StockShort)) throw error;
        return database.transaction((tx) => holdOrNameShort(database, tx, request));
      });
    return { created: true, held: { reservation: { ...request, status: 'held' }, items } };
  } catch (error) {
    // Whatever speaks against a new hold (a new price, an empty shelf) does not speak against the one there is.
    if (!isDuplicate(error) && !(error instanceof Problem)) throw error;
    const existing = await database.transaction((tx) => findReservation(request.orderId, tx));
    if (!existing) throw error;
    return { created: false, held: repeat(request, existing) };
  }
}
