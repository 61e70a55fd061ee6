import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { productEvent } from '../events.ts';
import type { Product } from './product.model.ts';

interface RecordedProduct {
  product: Product;
  /** Left out when the product is new. */
  changedFields?: string[];
}

function toEvent({ product, changedFields }: RecordedProduct) {
  const { id: productId, version: sequence, sellerId, name, priceMinor, currency, categoryId } = product;
  const [about, price] = [
    { subject: productId, sequence },
    { amount: priceMinor, currency },
  ];
  const data = { productId, sellerId, name, price, categoryId };
  if (changedFields === undefined) return productEvent({ ...about, type: 'product.created', data });
  if (changedFields.includes('deletedAt') && product.deletedAt)
    return productEvent({ ...about, type: 'product.deleted', data: { productId, sellerId } });
  return productEvent({ ...about, type: 'product.changed', data: { ...data, changedFields } });
}

/** Tells others what a product has become, in the transaction that made it so. */
export async function recordProduct(
  database: Database,
  tx: Transaction,
  recorded: RecordedProduct,
): Promise<void> {
  await recordEvents(database, tx, [toEvent(recorded)]);
}
