import { type EventStream, eventsOf } from '@tradepost/events/declare-events.ts';
import { id, money } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const product = {
  productId: id,
  sellerId: id,
  name: z.string(),
  price: money,
  categoryId: id.nullable(),
};

export const products = {
  source: '/product-service/products',
  topic: 'tradepost.products',
  types: {
    'product.created': z.object(product),
    'product.changed': z.object({ ...product, changedFields: z.array(z.string()) }),
    'product.deleted': z.object({ productId: id, sellerId: id }),
  },
} as const satisfies EventStream;

/** Apart from the products, as their rows are: its sequence counts the entries of the ledger. */
export const stock = {
  source: '/product-service/stock',
  topic: 'tradepost.stock',
  types: {
    'stock.changed': z.object({
      productId: id,
      kind: z
        .string()
        .meta({ description: 'As in the ledger: initial, adjustment, hold, release, commit, return' }),
      orderId: id.nullable(),
      onHand: z.int(),
      reserved: z.int(),
      available: z.int(),
    }),
  },
} as const satisfies EventStream;

export const productEvent = eventsOf(products);
export const stockEvent = eventsOf(stock);
export const streams: readonly EventStream[] = [products, stock];
