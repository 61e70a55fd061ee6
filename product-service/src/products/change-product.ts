import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import {
  type EntityTags,
  requireMatch,
  staleVersion,
  withChanges,
} from '@tradepost/service-kit/precondition.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { recordWords } from '../search/record-words.ts';
import { Product } from './product.model.ts';
import { readOwnProduct, versionFor, viewProduct } from './products.queries.ts';
import { recordProduct } from './record-product.ts';

export interface ProductChange {
  name?: string;
  description?: string;
  price?: { amount: number; currency: string };
  categoryId?: string | null;
  deletedAt?: Date | null;
}

interface ChangeProduct {
  productId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
  changes: ProductChange;
}

function toColumns({ price, ...changes }: ProductChange) {
  return { ...changes, ...(price && { priceMinor: price.amount, currency: price.currency }) };
}

function changedFields(product: Product, caller: Caller, changes: ProductChange): string[] {
  const before = viewProduct(product, caller);
  return Object.entries(changes)
    .filter(
      ([field, value]) => JSON.stringify(before[field as keyof typeof before]) !== JSON.stringify(value),
    )
    .map(([field]) => field);
}

/** Changes a product: compares the version, updates the row if it still has that version, and reads what it made. */
export async function changeProduct(
  { database }: { database: Database },
  { productId, caller, ifMatch, changes }: ChangeProduct,
): Promise<Product> {
  // The update locks the row until COMMIT: what is read after it is this edit, never the next one.
  return database.transaction(async (tx) => {
    const product = await readOwnProduct(productId, caller, tx);
    requireMatch(ifMatch, versionFor(product, caller), () => viewProduct(product, caller));
    const { version } = product;
    const changed = changedFields(product, caller, changes);
    const fieldVersions = withChanges(product, changed);
    // Static update() neither raises the version nor looks at it: both stand in the statement, and its count decides.
    const [updated] = await Product.update(
      { ...toColumns(changes), version: version + 1, fieldVersions },
      { where: { id: productId, version }, transaction: tx },
    );
    const current = await readOwnProduct(productId, caller, tx);
    if (updated === 0)
      throw staleVersion([String(version)], versionFor(current, caller), viewProduct(current, caller));
    if (changed.includes('name') || changed.includes('description')) await recordWords(tx, [current]);
    await recordProduct(database, tx, { product: current, changedFields: changed });
    return current;
  });
}
