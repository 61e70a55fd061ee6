import type { Database } from '@tradepost/service-kit/database.ts';
import { recordWords } from './record-words.ts';

const examinedAtOnce = 500;
/** The words of a product take up to 130 kB, and a statement of MariaDB 16 MB (max_allowed_packet). */
const storedAtOnce = 50;
const beginning = '1970-01-01';
/** Longer than a transaction lasts: an edit becomes visible after its `updated_at`. */
const overlapSeconds = 15;

interface Examined {
  id: string;
  isStale: number;
}

/** The next products that were written since then, and whether their words are missing or those of earlier texts. */
function examine(database: Database, since: string, after: string): Promise<Examined[]> {
  return database.select<Examined>(
    `SELECT recent.id, COALESCE(words.version < GREATEST(
              COALESCE(CAST(JSON_VALUE(products.field_versions, '$.name') AS UNSIGNED), 1),
              COALESCE(CAST(JSON_VALUE(products.field_versions, '$.description') AS UNSIGNED), 1)), TRUE) AS isStale
       FROM (SELECT id FROM products WHERE updated_at >= :since AND id > :after ORDER BY id LIMIT :examinedAtOnce) AS recent
       STRAIGHT_JOIN products ON products.id = recent.id
       LEFT JOIN product_words AS words ON words.product_id = recent.id
      ORDER BY recent.id`,
    { since, after, examinedAtOnce },
  );
}

/** Reads the texts under the locks of their rows, in ascending id as everywhere: an edit comes before this or after it. */
function fill(database: Database, productIds: readonly string[]): Promise<void> {
  return database.transaction(async (tx) => {
    const products = await database.select<Parameters<typeof recordWords>[1][number]>(
      'SELECT id, version, name, description FROM products WHERE id IN (:productIds) ORDER BY id FOR UPDATE',
      { productIds },
      tx,
    );
    await recordWords(tx, products);
  });
}

/**
 * Stores the words of products that lack them, in batches, as many rounds as it takes. The previous version of this service,
 * a restored backup and SQL by hand write products without words. Safe beside other replicas and the previous version.
 * @param since the result of the call before; without it all products are examined
 * @returns since when the next call has to examine products, by the database's clock
 */
export async function fillWords(database: Database, since = beginning): Promise<string> {
  const [clock] = await database.select<{ next: string }>(
    `SELECT CAST(NOW(3) - INTERVAL ${overlapSeconds} SECOND AS CHAR) AS next`,
  );
  for (let after: string | undefined = ''; after !== undefined;) {
    const examined: Examined[] = await examine(database, since, after);
    const stale = examined.filter(({ isStale }) => Boolean(isStale)).map(({ id }) => id);
    for (let start = 0; start < stale.length; start += storedAtOnce)
      await fill(database, stale.slice(start, start + storedAtOnce));
    after = examined.length < examinedAtOnce ? undefined : examined.at(-1)?.id;
  }
  return clock?.next ?? since;
}
