import { maxAmount } from '@tradepost/service-kit/fields.ts';
import {
  insufficientStock,
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
export function sumLines(lines: readonly { productId: string; quantity: number }[]): Map<string, number> {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return quantities;
}

/** One item for each product, at its price and name of now. */
function freeze(quantities: ReadonlyMap<string, number>, offers: ReadonlyMap<string, Offer>): PricedItem[] {
  const gone: string[] = [];
  const items: PricedItem[] = [];
  for (const [productId, quantity] of quantities) {
    const offer = offers.get(productId);
    if (!offer) gone.push(productId);
    else {
      const { sellerId, name, priceMinor: unitPriceMinor, currency } = offer;
      items.push({ productId, sellerId, name, quantity, unitPriceMinor, currency });
    }
  }
  if (gone.length > 0) {
    throw productGone('Take these products out of the order.', { members: { productIds: gone } });
  }
  return items;
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
  const items = freeze(new Map([...sumLines(lines)].sort()), offers);
  refuseSum(items);
  if (items.some(({ sellerId }) => sellerId === buyerId))
    throw ownProduct('Take your own products out of the order.');
  refuseOtherPrice(lines, offers);
  return items;
}

/** Names every product of which there is less than the items want. */
export function refuseShort(items: readonly PricedItem[], offers: ReadonlyMap<string, Offer>): void {
  const short = items
    .map(({ productId, quantity: requested }) => ({
      productId,
      requested,
      available: offers.get(productId)?.available ?? 0,
    }))
    .filter(({ requested, available }) => available < requested);
  if (short.length > 0) {
    throw insufficientStock('Order less of the products in `short`.', { members: { short } });
  }
}
