import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { Refusal } from '../local/refusal.ts';

export const databaseNames = ['authDB', 'productsDB', 'ordersDB', 'paymentsDB'] as const;
export type DatabaseName = (typeof databaseNames)[number];
export type ByDatabase<T> = Record<DatabaseName, T>;

/** Where a database is, and who reads it. */
export interface DatabasePlace {
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
}

export function byDatabase<T>(make: (name: DatabaseName) => T): ByDatabase<T> {
  return {
    authDB: make('authDB'),
    productsDB: make('productsDB'),
    ordersDB: make('ordersDB'),
    paymentsDB: make('paymentsDB'),
  };
}

/** Both looks at ordersDB are one after the other, but each pair of databases is compared beside the others. */
const connections = 5;

function open({ host, port, name, user, password }: DatabasePlace): Database {
  const settings = { DB_HOST: host, DB_PORT: port, DB_NAME: name, DB_USER: user, DB_PASSWORD: password };
  return openDatabase({ ...settings, DB_POOL_SIZE: connections });
}

/** Whatever fails while a database is read, says which one it is. */
function naming(name: DatabaseName, { host, port, user }: DatabasePlace): (error: unknown) => never {
  return (error) => {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Refusal(
      `${name} at ${host}:${port} cannot be read as ${user} (${reason}): see that the server runs, that ${user} may read ${name}, and that its service has made the tables; then try again.`,
    );
  };
}

/** Opens the databases, does the work, and closes them again. */
export async function withDatabases<T>(
  places: ByDatabase<DatabasePlace>,
  work: (databases: ByDatabase<Database>) => Promise<T>,
): Promise<T> {
  const databases = byDatabase((name): Database => {
    const database = open(places[name]);
    const fail = naming(name, places[name]);
    const select: Database['select'] = (sql, values, tx) =>
      database.select<never>(sql, values, tx).catch(fail);
    return { ...database, select };
  });
  try {
    // Before anything long begins: a wrong address is told at once.
    for (const name of databaseNames) await databases[name].ping().catch(naming(name, places[name]));
    return await work(databases);
  } finally {
    await Promise.all(databaseNames.map((name) => databases[name].close()));
  }
}
