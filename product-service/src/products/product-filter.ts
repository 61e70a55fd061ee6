import type { ProductFilter } from './products.schemas.ts';

export const orders = {
  newest: { column: null, direction: 'DESC' },
  price: { column: 'products.price_minor', direction: 'ASC' },
  '-price': { column: 'products.price_minor', direction: 'DESC' },
  name: { column: 'products.name', direction: 'ASC' },
} as const;

export type ColumnSort = keyof typeof orders;

/**
 * Starts after the last row of the page before: keyset paging, whose cost does not grow with the page's number.
 * @param id the column that holds the id
 */
export function afterCursor(sort: ColumnSort, { cursor }: ProductFilter, id: string): string[] {
  if (!cursor) return [];
  const { column, direction } = orders[sort];
  const beyond = direction === 'ASC' ? '>' : '<';
  if (column === null) return [`${id} ${beyond} :lastId`];
  return [`${column} ${beyond}= :lastValue`, `(${column} ${beyond} :lastValue OR ${id} ${beyond} :lastId)`];
}

/** The conditions of a filter about `products`, without its words and its cursor. */
export function conditionsOf({
  category,
  seller,
  minPrice,
  maxPrice,
  inStock,
  ids,
}: ProductFilter): string[] {
  // Not EXISTS: MariaDB would copy the whole stock for NOT EXISTS.
  const hasStock = `COALESCE((SELECT on_hand > reserved FROM stock WHERE stock.product_id = products.id), FALSE)`;
  return [
    'deleted_at IS NULL',
    ...(category === undefined ? [] : ['category_id = :category']),
    ...(seller === undefined ? [] : ['seller_id = :seller']),
    ...(minPrice === undefined ? [] : ['price_minor >= :minPrice']),
    ...(maxPrice === undefined ? [] : ['price_minor <= :maxPrice']),
    ...(inStock === undefined ? [] : [`${inStock ? '' : 'NOT '}${hasStock}`]),
    ...(ids === undefined ? [] : ['products.id IN (:ids)']),
  ];
}

/** Whether an index of `products` may find what the filter leaves faster than reading all of it. */
export function narrows({ category, seller, minPrice, maxPrice, ids }: ProductFilter): boolean {
  return [category, seller, minPrice, maxPrice, ids].some((value) => value !== undefined);
}

/** The replacements of the conditions. */
export function valuesOf({ cursor, ...filter }: ProductFilter): object {
  return { ...filter, lastValue: cursor?.[1], lastId: cursor?.[2] };
}
