import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import {
  type EntityTags,
  requireMatch,
  staleVersion,
  withChanges,
} from '@tradepost/service-kit/precondition.ts';
import { Product } from './product.model.ts';
import { readOwnProduct, versionOf, viewProduct } from './products.queries.ts';

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

/** Changes a product: compares the version, then updates the row if it still has that version. */
export async function changeProduct({
  productId,
  caller,
  ifMatch,
  changes,
}: ChangeProduct): Promise<Product> {
  const product = await readOwnProduct(productId, caller);
  requireMatch(ifMatch, versionOf(product), () => viewProduct(product, caller));
  const { version } = product;
  const fieldVersions = withChanges(versionOf(product), changedFields(product, caller, changes));
  // Static update() neither raises the version nor looks at it: both stand in the statement, and its count decides.
  const [updated] = await Product.update(
    { ...toColumns(changes), version: version + 1, fieldVersions },
    { where: { id: productId, version } },
  );
  const current = await readOwnProduct(productId, caller);
  if (updated === 0) throw staleVersion([String(version)], versionOf(current), viewProduct(current, caller));
  return current;
}
