import type { Session } from './session.ts';

export const databaseNames = ['authDB', 'productsDB', 'ordersDB'] as const;
export type DatabaseName = (typeof databaseNames)[number];

export type ByDatabase<T> = Record<DatabaseName, T>;

/** One conversation with each database: together they see the whole shop. */
export type Sessions = ByDatabase<Session>;

/** Does the same for all three at once. */
export async function forEachDatabase<T>(work: (name: DatabaseName) => Promise<T>): Promise<ByDatabase<T>> {
  const [authDB, productsDB, ordersDB] = await Promise.all([
    work('authDB'),
    work('productsDB'),
    work('ordersDB'),
  ]);
  return { authDB, productsDB, ordersDB };
}
