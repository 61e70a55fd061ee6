import { maxAmount } from '@tradepost/service-kit/fields.ts';
import {
  mixedCurrencies,
  ownProduct,
  priceChanged,
  productGone,
  totalTooLarge,
} from './reservations.errors.ts';

export interface Line {
  productId: string;
  quantity: number;
  expectedUnitPrice?: { amount: number; currency: string } | undefined;
}

/** A product as it is sold right now. */
export interface Offer {
  id: string;
  sellerId: string;
  name: string;
  priceMinor: number;
  currency: string;
  /** How much of it nobody holds. */
  available: number;
}

export interface PricedItem {
  productId: string;
  sellerId: string;
  name: string;
  quantity: number;
  unitPriceMinor: number;
  currency: string;
}

/** The quantity wanted of each product: lines of the same one are summed. */
export function sumLines(lines: readonly Line[]): Map<string, number> {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return quantities;
}

function refuseGone(quantities: Map<string, number>, offers: Map<string, Offer>): void {
  const gone = [...quantities.keys()].filter((productId) => !offers.has(productId));
  if (gone.length > 0)
    throw productGone('Take these products out of the order.', { members: { productIds: gone } });
}

function refuseOtherPrice(lines: readonly Line[], offers: Map<string, Offer>): void {
  const changed = lines.flatMap(({ productId, expectedUnitPrice: expected }) => {
    const offer = offers.get(productId);
    if (!offer || !expected) return [];
    const same = expected.amount === offer.priceMinor && expected.currency === offer.currency;
    return same ? [] : [{ productId, unitPrice: { amount: offer.priceMinor, currency: offer.currency } }];
  });
  if (changed.length > 0) throw priceChanged('Show the new prices and ask again.', { members: { changed } });
}

function refuseSum(items: readonly PricedItem[]): void {
  if (new Set(items.map(({ currency }) => currency)).size > 1) {
    throw mixedCurrencies('Order the products of each currency apart.');
  }
  const total = items.reduce(
    (sum, { quantity, unitPriceMinor }) => sum + BigInt(quantity) * BigInt(unitPriceMinor),
    0n,
  );
  if (total > BigInt(maxAmount))
    throw totalTooLarge(`An order may cost at most ${maxAmount} minor units; split it.`);
}

/**
 * Freezes names and prices of an order's lines, one item for each product, in ascending product id.
 * @throws product-gone, own-product, price-changed, mixed-currencies, total-too-large
 */
export function priceItems(
  buyerId: string,
  lines: readonly Line[],
  offers: Map<string, Offer>,
): PricedItem[] {
  const quantities = sumLines(lines);
  refuseGone(quantities, offers);
  const items = [...quantities].sort().map(([productId, quantity]) => {
    const { sellerId, name, priceMinor, currency } = offers.get(productId) as Offer;
    return { productId, sellerId, name, quantity, unitPriceMinor: priceMinor, currency };
  });
  refuseSum(items);
  if (items.some(({ sellerId }) => sellerId === buyerId))
    throw ownProduct('Take your own products out of the order.');
  refuseOtherPrice(lines, offers);
  return items;
}
