import { resolve } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { openLocalToRead } from '../backup/local-place.ts';
import { findOwner } from '../local/data-directory.ts';
import { loopback } from '../local/loopback.ts';
import { Refusal } from '../local/refusal.ts';
import { openSecrets } from '../local/secrets.ts';
import { byDatabase, type ByDatabase, type DatabasePlace } from './databases.ts';

/** The port that the private server took when it started; its socket is where it always is. */
async function findPort(dataDirectory: string): Promise<number> {
  const place = await openLocalToRead(dataDirectory, console.log);
  const connection = await createConnection(await place.reach('ordersDB'));
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT @@port AS port');
    return Number(rows[0]?.port);
  } finally {
    await connection.end();
  }
}

/** Where the databases of npm start are, which must run: in a shop that stands still, steps are overdue. */
export async function findLocal(directory: string): Promise<ByDatabase<DatabasePlace>> {
  const path = resolve(directory);
  if ((await findOwner(path)) === null)
    throw new Refusal(
      `No shop runs from ${path}: npm start runs one, --data names another directory, AUDIT_AUTH_URL, AUDIT_PRODUCTS_URL, AUDIT_ORDERS_URL and AUDIT_PAYMENTS_URL name databases elsewhere.`,
    );
  const port = await findPort(path);
  const password = (await openSecrets(path)).passwordFor('audit');
  return byDatabase((name) => ({ host: loopback, port, name, user: 'audit', password }));
}
