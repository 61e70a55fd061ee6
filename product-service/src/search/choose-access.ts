import { type Listed, type Lookup, orderOf } from './found.ts';
import type { Search } from './parse-search.ts';

/** How to find the products that match, of every rank or of one: in the list's order, or by the index of the rarest word. */
export interface Access {
  walks: (rank?: number) => boolean;
  rarestInText: number;
  rarestInName: number;
}

const sampled = 256;
/**
 * A row of the index costs 8 us, a row of a walk 1.5 us (MariaDB 10.11). With `hits` of `sampled` rows in the index, and
 * the first fitting row at `position` among them, the walk is the cheaper one up to position 5.3 * hits, whatever the
 * number of products.
 */
const walkedPerHit = 5;

type Counts = Record<string, number | string | null>;

function sumOf(conditions: readonly string[], name: string): string[] {
  return conditions.map((_, index) => `COALESCE(SUM(${name}${index}), 0) AS ${name}${index}`);
}

function look({ inText, inName, matches, rank }: Search, listed: Listed): string {
  const flags = [
    ...inText.map((condition, index) => `${condition} AS text${index}`),
    ...inName.map((condition, index) => `${condition} AS name${index}`),
  ];
  return `
    SELECT ${[...sumOf(inText, 'text'), ...sumOf(inName, 'name')].join(', ')},
           COALESCE(SUM(starts), 0) AS starts, MIN(IF(fits, position, NULL)) AS first,
           MIN(IF(fits AND fit = 3, position, NULL)) AS first3, MIN(IF(fits AND fit = 2, position, NULL)) AS first2,
           MIN(IF(fits AND fit = 1, position, NULL)) AS first1
      FROM (SELECT ROW_NUMBER() OVER (ORDER BY ${orderOf(listed, 'products.id')}) AS position, ${flags.join(', ')}, ${rank} AS fit,
                   words.name_text LIKE :nameStart AS starts, ${[...listed.conditions, matches].join(' AND ')} AS fits
              FROM (SELECT product_id FROM product_words ORDER BY sample_key LIMIT ${sampled}) AS sample
              STRAIGHT_JOIN product_words AS words ON words.product_id = sample.product_id
              STRAIGHT_JOIN products ON products.id = sample.product_id) AS looked`;
}

/** The word with the fewest hits. */
function rarest(counts: Counts, words: readonly string[], name: string): { word: number; hits: number } {
  const hits = words.map((_, index) => Number(counts[`${name}${index}`]));
  const fewest = Math.min(...hits);
  return { word: hits.indexOf(fewest), hits: fewest };
}

/**
 * Estimates from a sample of the products, spread evenly over all, how rare the words of a query are and how far down the
 * list its first product stands. FULLTEXT reads every product that has the word before it returns the first, which costs
 * 700 ms for a word of 100,000 products; a walk reads the list until a page is full, however rare the words are.
 */
export async function chooseAccess({ database, search, listed }: Lookup): Promise<Access> {
  const values = { ...listed.values, ...search.values };
  const [counts = {}] = await database.select<Counts>(look(search, listed), values);
  const text = rarest(counts, search.inText, 'text');
  const name = rarest(counts, search.inName, 'name');
  const hits: Record<string, number> = { 3: Number(counts.starts), 2: name.hits };
  return {
    walks: (rank) => {
      const first = counts[`first${rank ?? ''}`] ?? sampled + 1;
      return Number(first) <= walkedPerHit * (hits[rank ?? ''] ?? text.hits);
    },
    rarestInText: text.word,
    rarestInName: name.word,
  };
}
