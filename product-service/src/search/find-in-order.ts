import { chooseAccess } from './choose-access.ts';
import { type Found, type Lookup, newestFirst, orderOf, sources } from './found.ts';
import { readHead } from './read-head.ts';

/**
 * Finds the next products of a list that match, in the list's own order.
 * @param after where the page before ended, as conditions in terms of the column that holds the id
 */
export async function findInOrder(
  lookup: Lookup,
  after: (id: string) => readonly string[],
): Promise<Found[]> {
  const { database, search, listed } = lookup;
  const { column, conditions, values, wanted } = listed;
  const head = await readHead(lookup, after('products.id'));
  if (head.isAll || head.rows.length >= wanted) return head.rows.slice(0, wanted);
  const access = await chooseAccess(lookup);
  const walks = access.walks();
  const walk = column === null ? newestFirst(listed) : sources.byFilter;
  const { from, id } = walks ? walk : sources.byWord;
  const tests = [
    ...conditions,
    ...after(id),
    ...(walks ? [] : [search.indexed('zt', access.rarestInText)]),
    search.matches,
  ];
  return database.select<Found>(
    `SELECT products.id, ${column ?? 'products.id'} AS value, 1 AS fit FROM ${from}
      WHERE ${tests.join(' AND ')} ORDER BY ${orderOf(listed, id)} LIMIT :wanted`,
    { ...values, ...search.values, wanted },
  );
}
