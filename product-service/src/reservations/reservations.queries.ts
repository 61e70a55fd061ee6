import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { Offer, PricedItem } from './pricing.ts';
import { ReservationItem } from './reservation-item.model.ts';
import { Reservation } from './reservation.model.ts';

export interface ReservationWithItems {
  reservation: Pick<Reservation, 'orderId' | 'buyerId' | 'status'>;
  items: PricedItem[];
}

/** The products of a set of ids that are for sale, and how much of each can be held, all as of one moment. */
export async function findOffers(
  database: Database,
  tx: Transaction,
  productIds: string[],
): Promise<Map<string, Offer>> {
  const rows = await database.select<Offer>(
    `SELECT id, seller_id AS sellerId, name, price_minor AS priceMinor, currency, on_hand - reserved AS available
       FROM products JOIN stock ON stock.product_id = products.id
      WHERE products.id IN (:productIds) AND deleted_at IS NULL`,
    { productIds },
    tx,
  );
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, priceMinor: Number(row.priceMinor), available: Number(row.available) },
    ]),
  );
}

/** The items of an order's reservation, in ascending product id. */
export async function findItems(orderId: string, tx?: Transaction): Promise<PricedItem[]> {
  const items = await ReservationItem.findAll({
    where: { orderId },
    order: ['productId'],
    transaction: tx ?? null,
  });
  return items.map(({ productId, sellerId, name, quantity, unitPriceMinor, currency }) => ({
    productId,
    sellerId,
    name,
    quantity: Number(quantity),
    unitPriceMinor: Number(unitPriceMinor),
    currency,
  }));
}

/** The reservation of an order; with a transaction its row is locked, so that one just being made is waited for. */
export async function findReservation(
  orderId: string,
  tx?: Transaction,
): Promise<ReservationWithItems | undefined> {
  const lock = tx !== undefined;
  const reservation = await Reservation.findByPk(orderId, { transaction: tx ?? null, lock });
  return reservation ? { reservation, items: await findItems(orderId, tx) } : undefined;
}

/** A reservation that is there: none is ever deleted. */
export async function getReservation(orderId: string): Promise<ReservationWithItems> {
  const found = await findReservation(orderId);
  if (!found) throw new Error(`Order ${orderId} has no reservation.`);
  return found;
}

/** What order-service sees of a reservation. */
export function viewReservation({ reservation, items }: ReservationWithItems) {
  return {
    orderId: reservation.orderId,
    status: reservation.status,
    items: items.map(({ unitPriceMinor: amount, currency, ...item }) => ({
      ...item,
      unitPrice: { amount, currency },
    })),
  };
}
