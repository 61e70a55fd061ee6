import { type Access, chooseAccess } from './choose-access.ts';
import { type Found, type Lookup, newestFirst, type Source, sources } from './found.ts';
import { type Head, readHead } from './read-head.ts';

const ranks = [4, 3, 2, 1] as const;
type Rank = (typeof ranks)[number];

/** The last product of the page before. */
export interface Place {
  rank: number;
  id: string;
}

/** The page, when the newest products alone tell it; undefined otherwise. */
function pageOfHead({ rows, isAll, topRank }: Head, wanted: number, last?: Place): Found[] | undefined {
  if (isAll && last === undefined)
    return rows.sort((a, b) => b.fit - a.fit || (a.id < b.id ? 1 : -1)).slice(0, wanted);
  const first = rows.filter(({ fit }) => fit === (last?.rank ?? topRank));
  return first.length >= wanted ? first.slice(0, wanted) : undefined;
}

/** Finds products of all ranks at once by the index of the query's rarest word, and sorts them. */
function findByWord({ database, search, listed }: Lookup, access: Access, last?: Place): Promise<Found[]> {
  const after = last ? 'WHERE fit < :lastValue OR (fit = :lastValue AND id < :lastId)' : '';
  const tests = [...listed.conditions, search.indexed('zt', access.rarestInText), search.matches];
  return database.select<Found>(
    `SELECT id, id AS value, fit FROM (
       SELECT products.id, ${search.rank} AS fit FROM ${sources.byWord.from} WHERE ${tests.join(' AND ')}) AS matching
      ${after} ORDER BY fit DESC, id DESC LIMIT :wanted`,
    { ...listed.values, ...search.values, wanted: listed.wanted },
  );
}

/** How to read the products of one rank: the source, and a condition that its index takes. */
function sourceOf({ search, listed }: Lookup, access: Access, rank: Rank): [Source, string[]] {
  if (rank === 4) return [sources.byName, ['words.name_text = :nameText']];
  if (access.walks(rank)) return [newestFirst(listed), []];
  if (rank === 3) return [sources.byName, ['words.name_text LIKE :nameStart']];
  if (rank === 2) return [sources.byWord, [search.indexed('zn', access.rarestInName)]];
  return [sources.byWord, [search.indexed('zt', access.rarestInText)]];
}

function findRank(lookup: Lookup, access: Access, { rank, id, wanted }: RankPart): Promise<Found[]> {
  const { database, search, listed } = lookup;
  const [source, indexed] = sourceOf(lookup, access, rank);
  const tests = [
    ...listed.conditions,
    ...(id === undefined ? [] : [`${source.id} < :lastId`]),
    ...indexed,
    search.matches,
    `${search.rank} = ${rank}`,
  ];
  return database.select<Found>(
    `SELECT products.id, products.id AS value, ${rank} AS fit FROM ${source.from}
      WHERE ${tests.join(' AND ')} ORDER BY ${source.id} DESC LIMIT :wanted`,
    { ...listed.values, ...search.values, wanted },
  );
}

interface RankPart {
  rank: Rank;
  /** Only products before this id. */
  id: string | undefined;
  wanted: number;
}

/**
 * Finds the next products that match, by rank and then the newest first. Rank and id of a product do not depend on other
 * products, so pages stay exact while products come and go.
 * @param last where the page before ended
 */
export async function findByRank(lookup: Lookup, last?: Place): Promise<Found[]> {
  const head = await readHead(lookup, last ? ['products.id < :lastId'] : []);
  const page = pageOfHead(head, lookup.listed.wanted, last);
  if (page) return page;
  const access = await chooseAccess(lookup);
  if (!access.walks()) return findByWord(lookup, access, last);
  const found = new Map<string, Found>();
  for (const rank of ranks.filter((each) => each <= Math.min(last?.rank ?? 4, head.topRank))) {
    const wanted = lookup.listed.wanted - found.size;
    if (wanted === 0) break;
    const id = rank === last?.rank ? last.id : undefined;
    // Between two statements a product may get a new name, and with it another rank.
    for (const row of await findRank(lookup, access, { rank, id, wanted }))
      if (!found.has(row.id)) found.set(row.id, row);
  }
  return [...found.values()];
}
