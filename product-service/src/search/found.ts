import type { Database } from '@tradepost/service-kit/database.ts';
import type { Search } from './parse-search.ts';

/** The list that a search is part of. */
export interface Listed {
  /** Conditions about `products` that the list has beside the query. */
  conditions: readonly string[];
  /** Replacements of the conditions. */
  values: object;
  /** The column of `products` that the list is sorted by, before the id in the same direction; null for the id alone. */
  column: string | null;
  direction: 'ASC' | 'DESC';
  /** Whether an index of `products` may find what the conditions leave faster than reading all of it. */
  narrows: boolean;
  /** Rows of a page, and one that tells whether there is more. */
  wanted: number;
}

export interface Lookup {
  database: Pick<Database, 'select'>;
  search: Search;
  listed: Listed;
}

export interface Found {
  id: string;
  /** What the list is sorted by, before the id. */
  value: string | number;
  /** The rank, 1 to 4; 0 for a product that was read and does not match. */
  fit: number;
}

/** Where a search begins to read. */
export interface Source {
  from: string;
  /**
   * The id in the table that is read first. Order and cursor must name this one: neither server knows in a STRAIGHT_JOIN
   * that the other table's id is the same.
   */
  id: string;
}

const joined = 'STRAIGHT_JOIN products ON products.id = words.product_id';

/** Tables in the order in which they are read. The servers would choose by statistics that lag behind the rows. */
export const sources = {
  byFilter: {
    from: 'products STRAIGHT_JOIN product_words AS words ON words.product_id = products.id',
    id: 'products.id',
  },
  newestFirst: {
    from: `product_words AS words FORCE INDEX (PRIMARY) ${joined}`,
    id: 'words.product_id',
  },
  byName: {
    from: `product_words AS words FORCE INDEX (product_words_name) ${joined}`,
    id: 'words.product_id',
  },
  byWord: { from: `product_words AS words ${joined}`, id: 'words.product_id' },
} as const satisfies Record<string, Source>;

/** The order of a list whose ids are read from a column. */
export function orderOf({ column, direction }: Pick<Listed, 'column' | 'direction'>, id: string): string {
  return [...(column === null ? [] : [column]), id].map((each) => `${each} ${direction}`).join(', ');
}

/** The source of a walk from the newest product on. */
export function newestFirst({ narrows }: Listed): Source {
  return narrows ? sources.byFilter : sources.newestFirst;
}
