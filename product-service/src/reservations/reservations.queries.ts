import type { Transaction } from 'sequelize';
import { Product } from '../products/product.model.ts';
import type { Offer, PricedItem } from './price-items.ts';
import { ReservationItem } from './reservation-item.model.ts';
import { Reservation } from './reservation.model.ts';

export interface ReservationWithItems {
  reservation: Pick<Reservation, 'orderId' | 'buyerId' | 'status'>;
  items: PricedItem[];
}

/** The products of a set of ids that are for sale. */
export async function findOffers(productIds: string[], tx: Transaction): Promise<Map<string, Offer>> {
  const products = await Product.findAll({
    attributes: ['id', 'sellerId', 'name', 'priceMinor', 'currency'],
    where: { id: productIds, deletedAt: null },
    transaction: tx,
  });
  return new Map(products.map((product) => [product.id, product]));
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

export async function findReservation(
  orderId: string,
  tx?: Transaction,
): Promise<ReservationWithItems | undefined> {
  const reservation = await Reservation.findByPk(orderId, { transaction: tx ?? null });
  return reservation ? { reservation, items: await findItems(orderId, tx) } : undefined;
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
