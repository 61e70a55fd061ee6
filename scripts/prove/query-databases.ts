import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DatabaseServer } from '../local/database-server.ts';

export type Query = <Row>(sql: string) => Promise<Row[]>;

const patienceMs = 30_000;

/** The server may have been killed a moment ago. */
async function connect(database: DatabaseServer): Promise<Connection> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await database.connectAsRoot();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(200);
    }
  }
}

/** Looks into every database at once, as only the server's administrator may. */
export async function asRoot<T>(database: DatabaseServer, work: (query: Query) => Promise<T>): Promise<T> {
  const connection = await connect(database);
  try {
    return await work(async <Row>(sql: string) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows as Row[];
    });
  } finally {
    await connection.end();
  }
}
