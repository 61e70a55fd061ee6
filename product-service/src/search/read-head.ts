import { type Found, type Lookup, orderOf } from './found.ts';

export interface Head {
  /** Those that match, in the order of the list. */
  rows: Found[];
  /** Whether the list ends here. */
  isAll: boolean;
  /** The highest rank that some product has, as far as the index of names tells: 2 when no name begins with the query. */
  topRank: number;
}

/**
 * Reads the first products of a list and what rank each has: they fill a page where most products match, and are the whole
 * list where the filter leaves few.
 * @param after where the page before ended, as conditions about `products`
 */
export async function readHead(
  { database, search, listed }: Lookup,
  after: readonly string[],
): Promise<Head> {
  const { column, conditions, direction, values, wanted } = listed;
  const size = 2 * wanted;
  // LEFT JOIN: a product whose words are not stored yet counts towards the size.
  const rows = await database.select<Found & Pick<Head, 'topRank'>>(
    `SELECT head.id, head.value, IF(COALESCE(${search.matches}, FALSE), ${search.rank}, 0) AS fit,
            CASE WHEN EXISTS (SELECT 1 FROM product_words WHERE name_text = :nameText) THEN 4
                 WHEN EXISTS (SELECT 1 FROM product_words WHERE name_text LIKE :nameStart) THEN 3 ELSE 2 END AS topRank
       FROM (SELECT products.id, ${column ?? 'products.id'} AS value FROM products WHERE ${[...conditions, ...after].join(' AND ')}
              ORDER BY ${orderOf(listed, 'products.id')} LIMIT :size) AS head
       LEFT JOIN product_words AS words ON words.product_id = head.id
      ORDER BY head.value ${direction}, head.id ${direction}`,
    { ...values, ...search.values, size },
  );
  return {
    rows: rows.filter(({ fit }) => fit > 0),
    isAll: rows.length < size,
    topRank: rows[0]?.topRank ?? 4,
  };
}
