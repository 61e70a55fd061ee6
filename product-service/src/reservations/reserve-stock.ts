import { type Database, isDuplicate } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { moveStock } from '../inventory/move-stock.ts';
import { findAvailable } from '../inventory/inventory.queries.ts';
import { type Line, type PricedItem, priceItems, sumLines } from './price-items.ts';
import { ReservationItem } from './reservation-item.model.ts';
import { Reservation } from './reservation.model.ts';
import { insufficientStock, reservationDiffers, reservationReleased } from './reservations.errors.ts';
import { findOffers, findReservation, type ReservationWithItems } from './reservations.queries.ts';

export interface ReservationRequest {
  orderId: string;
  buyerId: string;
  items: Line[];
  reviewAt: string;
}

interface Hold extends ReservationRequest {
  priced: PricedItem[];
}

/** Rolls the transaction back: some product has less than the holds want. */
class StockShort extends Error {}

/** Prices and names as they are now, for every request, read once for all. */
async function priceRequests(tx: Transaction, requests: readonly ReservationRequest[]): Promise<Hold[]> {
  const productIds = new Set(requests.flatMap(({ items }) => items.map(({ productId }) => productId)));
  const offers = await findOffers([...productIds], tx);
  return requests.map((request) => ({
    ...request,
    priced: priceItems(request.buyerId, request.items, offers),
  }));
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

/** Locks the rows first: only so is it certain which of them are short, and that none is when nothing is found. */
async function holdOrNameShort(
  database: Database,
  tx: Transaction,
  request: ReservationRequest,
): Promise<PricedItem[]> {
  const holds = await priceRequests(tx, [request]);
  const wanted = sumLines(request.items);
  const available = await findAvailable([...wanted.keys()], tx);
  const short = [...wanted].flatMap(([productId, requested]) => {
    const left = available.get(productId) ?? 0;
    return left < requested ? [{ productId, requested, available: left }] : [];
  });
  if (short.length > 0)
    throw insufficientStock('Order less of the products in `short`.', { members: { short } });
  return hold(database, tx, holds);
}

function sameItems(request: ReservationRequest, { reservation, items }: ReservationWithItems): boolean {
  const wanted = sumLines(request.items);
  const same = items.every(({ productId, quantity }) => wanted.get(productId) === quantity);
  return reservation.buyerId === request.buyerId && wanted.size === items.length && same;
}

/** The order has a reservation already: the same again is the same answer, and a released one never comes back. */
async function repeat(request: ReservationRequest): Promise<ReservationWithItems> {
  const existing = await findReservation(request.orderId);
  if (!existing || existing.reservation.status === 'released') {
    throw reservationReleased('Place a new order.');
  }
  if (!sameItems(request, existing))
    throw reservationDiffers('An order is reserved once; its items cannot change.');
  return existing;
}

/** Holds an order's stock, all of it or none, at the prices of this moment; asked again, it answers what it holds. */
export async function reserveStock(
  { database }: { database: Database },
  request: ReservationRequest,
): Promise<{ created: boolean; held: ReservationWithItems }> {
  try {
    const items = await database
      .transaction(async (tx) => hold(database, tx, await priceRequests(tx, [request])))
      .catch((error: unknown) => {
        if (!(error instanceof StockShort)) throw error;
        return database.transaction((tx) => holdOrNameShort(database, tx, request));
      });
    return { created: true, held: { reservation: { ...request, status: 'held' }, items } };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return { created: false, held: await repeat(request) };
  }
}
