import type { Database } from '@tradepost/service-kit/database.ts';
import { type Page, toPage } from '@tradepost/service-kit/pagination.ts';
import { findByRank } from '../search/find-by-rank.ts';
import { findInOrder } from '../search/find-in-order.ts';
import { type Found, type Lookup, orderOf } from '../search/found.ts';
import { parseSearch, type Search } from '../search/parse-search.ts';
import { afterCursor, type ColumnSort, conditionsOf, narrows, orders, valuesOf } from './product-filter.ts';
import { Product } from './product.model.ts';
import { type ProductFilter, sortOf } from './products.schemas.ts';

interface Dependencies {
  database: Database;
}

/** What a cursor holds of the last row, beside the sort and the id. */
const valueOf: Record<ColumnSort, (product: Product) => number | string | null> = {
  newest: () => null,
  price: ({ priceMinor }) => priceMinor,
  '-price': ({ priceMinor }) => priceMinor,
  name: ({ name }) => name,
};
const foundValueOf: Record<ColumnSort, (found: Found) => number | string | null> = {
  newest: () => null,
  price: ({ value }) => Number(value),
  '-price': ({ value }) => Number(value),
  name: ({ value }) => String(value),
};

async function listAll(
  { database }: Dependencies,
  sort: ColumnSort,
  filter: ProductFilter,
): Promise<Page<Product>> {
  const conditions = [...conditionsOf(filter), ...afterCursor(sort, filter, 'products.id')];
  const products = await database.sequelize.query(
    `SELECT products.* FROM products WHERE ${conditions.join(' AND ')}
      ORDER BY ${orderOf(orders[sort], 'products.id')} LIMIT :rows`,
    { model: Product, mapToModel: true, replacements: { ...valuesOf(filter), rows: filter.limit + 1 } },
  );
  return toPage(products, filter.limit, (product) => [sort, valueOf[sort](product), product.id]);
}

/** A page of what was found; a product that was deleted since is left out. */
async function readFound(
  found: readonly Found[],
  { limit }: ProductFilter,
  position: (row: Found) => unknown,
): Promise<Page<Product>> {
  const { items, nextCursor } = toPage([...found], limit, position);
  const where = { id: items.map(({ id }) => id), deletedAt: null };
  const products = items.length === 0 ? [] : await Product.findAll({ where });
  const byId = new Map(products.map((product) => [product.id, product]));
  return { items: items.flatMap(({ id }) => byId.get(id) ?? []), nextCursor };
}

function lookUp({ database }: Dependencies, search: Search, filter: ProductFilter): Lookup {
  const sort = sortOf(filter);
  return {
    database,
    search,
    listed: {
      ...orders[sort === 'relevance' ? 'newest' : sort],
      conditions: conditionsOf(filter),
      values: valuesOf(filter),
      narrows: narrows(filter),
      wanted: filter.limit + 1,
    },
  };
}

async function searchAll(
  dependencies: Dependencies,
  q: string,
  filter: ProductFilter,
): Promise<Page<Product>> {
  const search = parseSearch(q);
  if (search === undefined) return { items: [], nextCursor: null };
  const lookup = lookUp(dependencies, search, filter);
  const sort = sortOf(filter);
  if (sort === 'relevance') {
    const { cursor } = filter;
    const last = cursor?.[0] === 'relevance' ? { rank: cursor[1], id: cursor[2] } : undefined;
    return readFound(await findByRank(lookup, last), filter, ({ id, fit }) => [sort, fit, id]);
  }
  const found = await findInOrder(lookup, (id) => afterCursor(sort, filter, id));
  return readFound(found, filter, (row) => [sort, foundValueOf[sort](row), row.id]);
}

/** Lists the products that fit a filter, in its order, a page at a time. */
export async function listProducts(
  dependencies: Dependencies,
  filter: ProductFilter,
): Promise<Page<Product>> {
  const sort = sortOf(filter);
  if (filter.q !== undefined) return searchAll(dependencies, filter.q, filter);
  if (sort === 'relevance') throw new Error('The schema of the filter lets relevance pass without q.');
  return listAll(dependencies, sort, filter);
}
