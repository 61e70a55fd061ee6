import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { Product } from './product.model.ts';
import { recordProduct } from './record-product.ts';

const atOnce = 500;

/**
 * The products that are still for sale. Locked, so that an edit at this moment comes before, and the withdrawal is told as
 * the next version, or after, and finds another one than it knows.
 */
async function lockOffered(database: Database, tx: Transaction, sellerId: string): Promise<string[]> {
  const rows = await database.select<{ id: string }>(
    'SELECT id FROM products WHERE seller_id = :sellerId AND deleted_at IS NULL ORDER BY id FOR UPDATE',
    { sellerId },
    tx,
  );
  return rows.map(({ id }) => id);
}

/** One edit of each, as if the seller had made it: a version, and the event of it. */
async function withdraw(database: Database, tx: Transaction, productIds: readonly string[]): Promise<void> {
  // `version` is the new one behind its assignment: both servers assign from left to right (MySQL manual 15.2.17).
  await database.change(
    `UPDATE products
        SET version = version + 1, deleted_at = NOW(3),
            field_versions = JSON_SET(field_versions, '$.deletedAt', version)
      WHERE id IN (:productIds)`,
    { productIds },
    tx,
  );
  const products = await Product.findAll({
    where: { id: [...productIds] },
    order: ['id'],
    transaction: tx,
  });
  const changedFields = ['deletedAt'];
  for (const product of products) await recordProduct(database, tx, { product, changedFields });
}

/** Stops selling all products of somebody who has deleted their account. Stock stays, and so does what orders hold of it. */
export async function withdrawProducts(
  { database }: { database: Database },
  tx: Transaction,
  { data }: CloudEvent,
): Promise<void> {
  const { customerId } = data as { customerId: string };
  const productIds = await lockOffered(database, tx, customerId);
  for (let start = 0; start < productIds.length; start += atOnce)
    await withdraw(database, tx, productIds.slice(start, start + atOnce));
}
