import type { Session } from './session.ts';

export const databaseNames = ['authDB', 'productsDB', 'ordersDB', 'paymentsDB'] as const;
export type DatabaseName = (typeof databaseNames)[number];

export type ByDatabase<T> = Record<DatabaseName, T>;

/** One conversation with each database: together they see the whole shop. */
export type Sessions = ByDatabase<Session>;

/** Does the same for all at once. */
export async function forEachDatabase<T>(work: (name: DatabaseName) => Promise<T>): Promise<ByDatabase<T>> {
  const done = await Promise.all(databaseNames.map(async (name) => [name, await work(name)] as const));
  return Object.fromEntries(done) as ByDatabase<T>;
}
