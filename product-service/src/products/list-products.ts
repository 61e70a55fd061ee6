import type { Database } from '@tradepost/service-kit/database.ts';
import { type Page, toPage } from '@tradepost/service-kit/pagination.ts';
import { Product } from './product.model.ts';
import type { ProductFilter } from './products.schemas.ts';
import { search } from './search.ts';

const orders = {
  newest: { column: 'products.id', direction: 'DESC', value: () => null },
  price: { column: 'price_minor', direction: 'ASC', value: (product: Product) => product.priceMinor },
  '-price': { column: 'price_minor', direction: 'DESC', value: (product: Product) => product.priceMinor },
  name: { column: 'name', direction: 'ASC', value: (product: Product) => product.name },
} as const;

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
    ...(q === undefined ? [] : search(q).conditions),
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
        ...search(filter.q ?? '').values,
        lastValue: filter.cursor?.[1],
        lastId: filter.cursor?.[2],
        rows: filter.limit + 1,
      },
    },
  );
  return toPage(products, filter.limit, (product) => [filter.sort, value(product), product.id]);
}
