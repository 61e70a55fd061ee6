import type { Database } from '@tradepost/service-kit/database.ts';
import { type Page, toPage } from '@tradepost/service-kit/pagination.ts';
import { Product } from './product.model.ts';
import type { ProductFilter } from './products.schemas.ts';

const orders = {
  newest: { column: 'products.id', direction: 'DESC', value: () => null },
  price: { column: 'price_minor', direction: 'ASC', value: (product: Product) => product.priceMinor },
  '-price': { column: 'price_minor', direction: 'DESC', value: (product: Product) => product.priceMinor },
  name: { column: 'name', direction: 'ASC', value: (product: Product) => product.name },
} as const;

/** Words that InnoDB leaves out of its index: asked for with "+", they would find nothing. */
const stopWords = new Set(
  'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www'.split(
    ' ',
  ),
);

/** Every word must occur, at least as the beginning of one (MySQL manual 14.9.2, boolean mode). */
function toBooleanQuery(q: string): string {
  const words = q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => !stopWords.has(word))
    .map((word) => `+${word}*`)
    .join(' ');
}

/** Starts after the last row of the page before: keyset paging, whose cost does not grow with the page's number. */
function afterCursor({ cursor, sort }: ProductFilter): string[] {
  if (!cursor) return [];
  const { column, direction } = orders[sort];
  const beyond = direction === 'ASC' ? '>' : '<';
  if (sort === 'newest') return [`products.id ${beyond} :lastId`];
  return [
    `${column} ${beyond}= :lastValue`,
    `(${column} ${beyond} :lastValue OR products.id ${beyond} :lastId)`,
  ];
}

function conditions(filter: ProductFilter): string[] {
  const { q, category, seller, minPrice, maxPrice, inStock, ids } = filter;
  const stock = `(SELECT 1 FROM stock WHERE stock.product_id = products.id AND on_hand > reserved)`;
  return [
    'deleted_at IS NULL',
    ...(q === undefined ? [] : ['MATCH (name, description) AGAINST (:words IN BOOLEAN MODE)']),
    ...(category === undefined ? [] : ['category_id = :category']),
    ...(seller === undefined ? [] : ['seller_id = :seller']),
    ...(minPrice === undefined ? [] : ['price_minor >= :minPrice']),
    ...(maxPrice === undefined ? [] : ['price_minor <= :maxPrice']),
    ...(inStock === undefined ? [] : [`${inStock ? '' : 'NOT '}EXISTS ${stock}`]),
    ...(ids === undefined ? [] : ['products.id IN (:ids)']),
    ...afterCursor(filter),
  ];
}

/** Lists the products that fit a filter, in its order, a page at a time. */
export async function listProducts(
  { database }: { database: Database },
  filter: ProductFilter,
): Promise<Page<Product>> {
  const { column, direction, value } = orders[filter.sort];
  const products = await database.sequelize.query(
    `SELECT products.* FROM products WHERE ${conditions(filter).join(' AND ')}
      ORDER BY ${column} ${direction}, products.id ${direction} LIMIT :rows`,
    {
      model: Product,
      mapToModel: true,
      replacements: {
        ...filter,
        words: toBooleanQuery(filter.q ?? ''),
        lastValue: filter.cursor?.[1],
        lastId: filter.cursor?.[2],
        rows: filter.limit + 1,
      },
    },
  );
  return toPage(products, filter.limit, (product) => [filter.sort, value(product), product.id]);
}
