import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { databaseNames } from '../audit/databases.ts';
import type { Inside } from './look-inside.ts';
import type { Planted } from './open-ground.ts';

/** Where a secret was found; the secret itself is not told. */
export interface Find {
  what: string;
  where: string;
}

interface TextColumn extends RowDataPacket {
  databaseName: string;
  tableName: string;
  columnName: string;
}

/** A code of six digits stands in many a number: it counts only where it stands alone. */
function contains(text: string, value: string): boolean {
  if (!/^\d{1,8}$/.test(value)) return text.includes(value);
  return new RegExp(`(?<![\\w.:-])${value}(?![\\w.:-])`).test(text);
}

const findIn = (text: string, where: string, planted: readonly Planted[]): Find[] =>
  planted.filter(({ value }) => contains(text, value)).map(({ what }) => ({ what, where }));

/** Every file of a directory and those below it. */
export async function searchLogs(directory: string, planted: readonly Planted[]): Promise<Find[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = files.map(async (file) => findIn(await readFile(file, 'utf8'), file, planted));
  return (await Promise.all(found)).flat();
}

async function listTextColumns(root: Connection): Promise<TextColumn[]> {
  const [columns] = await root.query<TextColumn[]>(
    `SELECT TABLE_SCHEMA AS databaseName, TABLE_NAME AS tableName, COLUMN_NAME AS columnName
       FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA IN (?)
        AND DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json',
                          'binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob')`,
    [databaseNames],
  );
  return columns;
}

/** Every column of every table that can hold text. */
export async function searchDatabases(root: Connection, planted: readonly Planted[]): Promise<Find[]> {
  const found: Find[] = [];
  for (const { databaseName, tableName, columnName } of await listTextColumns(root)) {
    const [rows] = await root.query<RowDataPacket[]>(
      'SELECT CONVERT(?? USING utf8mb4) AS text FROM ??.?? WHERE ?? IS NOT NULL',
      [columnName, databaseName, tableName, columnName],
    );
    const text = rows.map((row) => String(row.text)).join('\n');
    found.push(...findIn(text, `${databaseName}.${tableName}.${columnName}`, planted));
  }
  return found;
}

/** Looks for every planted secret in all logs and all databases of a shop of our own. */
export async function searchSecrets(
  { logs, connectAsRoot }: Pick<Inside, 'logs' | 'connectAsRoot'>,
  planted: readonly Planted[],
): Promise<Find[]> {
  const root = await connectAsRoot();
  try {
    return [...(await searchLogs(logs, planted)), ...(await searchDatabases(root, planted))];
  } finally {
    await root.end();
  }
}
