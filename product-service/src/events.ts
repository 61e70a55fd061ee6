import { type EventStream, eventsOf, type NewEvent } from '@tradepost/events/declare-events.ts';
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

/** The stock of products. Its sequence is the version of the stock's row, which rises once for each product and transaction. */
export const stock = {
  source: '/product-service/stock',
  topic: 'tradepost.stock',
  types: {
    'stock.changed': z
      .object({ productId: id, onHand: z.int(), reserved: z.int(), available: z.int() })
      .meta({
        description: 'The stock after the change. The ledger tells which orders and adjustments changed it.',
      }),
  },
} as const satisfies EventStream;

export const productEvent = eventsOf(products);
export const stockEvent = eventsOf(stock);
export const streams: readonly EventStream[] = [products, stock];

/** The stock of a product after a change. */
export interface StockRow {
  productId: string;
  onHand: number | string;
  reserved: number | string;
  version: number;
}

/** The event that tells the stock of a product after a change. */
export function toStockEvent({ productId, version: sequence, ...amounts }: StockRow): NewEvent {
  const onHand = Number(amounts.onHand);
  const reserved = Number(amounts.reserved);
  const data = { productId, onHand, reserved, available: onHand - reserved };
  return stockEvent({ type: 'stock.changed', subject: productId, sequence, data });
}
