import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

const initDbSql = path.join(import.meta.dirname, '../../sql-scripts/init-db.sql');

/** Where the server is; a Unix socket or host and port. */
export type Server = { host: string; port: number } | { socketPath: string };

export interface Administrator {
  server: Server;
  user: string;
  password: string;
}

async function logsIn(server: Server, user: string, password: string): Promise<boolean> {
  try {
    const connection = await createConnection({ ...server, user, password, connectTimeout: 2_000 });
    connection.destroy();
    return true;
  } catch (error) {
    // 1045 wrong password; 3118 (MySQL) and 4151 (MariaDB) locked. Anything else is no answer to our question.
    if ([1045, 3118, 4151].includes((error as { errno?: number }).errno ?? 0)) return false;
    throw error;
  }
}

/** MySQL lets the old password work beside the new one until the next change (manual 8.2.15): nobody is cut off. */
async function canKeepTwo(root: Connection, user: string): Promise<boolean> {
  const [versions] = await root.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const [accounts] = await root.query<RowDataPacket[]>("SHOW CREATE USER ?@'%'", [user]);
  const isLocked = Object.values(accounts[0] ?? {}).some((text) => String(text).includes('ACCOUNT LOCK'));
  return !isLocked && !String(versions[0]?.version).includes('MariaDB');
}

/** One at a time: a second one that sets the same password again would take the old one away from who still uses it. */
async function lock(root: Connection): Promise<void> {
  const [rows] = await root.query<RowDataPacket[]>("SELECT GET_LOCK('tradepost accounts', 10) AS held");
  if (Number(rows[0]?.held) !== 1) throw new Error('somebody else is opening the accounts');
}

/**
 * Makes databases, users and grants of sql-scripts/init-db.sql that are missing, and sees to it that each user logs in
 * with the password given; users without one stay locked. What is right already is left alone, so it may be repeated.
 * @param administrator who may do so, and where
 * @param passwords by database user
 * @returns the users whose password was set
 * @throws when the server cannot be reached, or refuses
 */
export async function openAccounts(
  administrator: Administrator,
  passwords: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { server, user: name, password: secret } = administrator;
  const options = { user: name, password: secret, multipleStatements: true, connectTimeout: 2_000 };
  const connection = await createConnection({ ...server, ...options });
  const changed: string[] = [];
  try {
    await lock(connection);
    await connection.query(await readFile(initDbSql, 'utf8'));
    for (const [user, password] of Object.entries(passwords)) {
      if (await logsIn(server, user, password)) continue;
      const keepOld = (await canKeepTwo(connection, user)) ? 'RETAIN CURRENT PASSWORD' : '';
      await connection.query(`ALTER USER ?@'%' IDENTIFIED BY ? ${keepOld} ACCOUNT UNLOCK`, [user, password]);
      changed.push(user);
    }
  } finally {
    connection.destroy();
  }
  return changed;
}
