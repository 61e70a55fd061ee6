import { escapeId } from 'mysql2';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Refusal } from '../local/refusal.ts';
import type { DatabaseName } from './databases.ts';
import { fileOf, type DatabaseRecord } from './manifest.ts';
import { readRows, Tally, type Contents, type Table } from './read-table.ts';
import type { Session } from './session.ts';

export interface Dump {
  name: DatabaseName;
  session: Session;
  tables: readonly Table[];
  onRow: () => void;
}

/** So long is a statement that inserts: far below what any server takes in one. */
const statementLength = 256 * 1024;
const tableWasChanged = 1412;

// Tables refer to each other, and are written in the order of their names.
const head = `SET NAMES utf8mb4;
SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0;
`;

async function* writeRows({ session, onRow }: Dump, table: Table, tally: Tally): AsyncGenerator<string> {
  let rows: string[] = [];
  let length = 0;
  const statement = (): string =>
    `INSERT INTO ${escapeId(table.name)} (${table.columns}) VALUES\n${rows.join(',\n')};\n`;
  for await (const row of readRows(session, table)) {
    tally.add(row);
    onRow();
    rows.push(row);
    length += row.length;
    if (length < statementLength) continue;
    yield statement();
    [rows, length] = [[], 0];
  }
  if (rows.length > 0) yield statement();
}

async function* writeStatements(dump: Dump, found: Record<string, Contents>): AsyncGenerator<string> {
  const { session, tables, name } = dump;
  yield `-- ${name} of Tradepost, for npm run restore; or by hand, into an empty database: gunzip -c ${fileOf(name)} | mysql ${name}\n`;
  yield head;
  for (const table of tables) {
    const [made] = await session.ask(`SHOW CREATE TABLE ${escapeId(table.name)}`);
    yield `\n${made?.['Create Table']};\n`;
    const tally = new Tally();
    yield* writeRows(dump, table, tally);
    found[table.name] = tally.contents();
  }
  yield '\n-- complete\n';
}

/** Writes a database, as its session sees it, to a file of SQL statements. */
export async function dumpDatabase(dump: Dump, directory: string): Promise<DatabaseRecord['tables']> {
  const found: Record<string, Contents> = {};
  const path = join(directory, fileOf(dump.name));
  try {
    await pipeline(
      Readable.from(writeStatements(dump, found)),
      createGzip({ level: 6 }),
      // On the disk, not only on its way there, before the manifest says that it is.
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    );
  } catch (error) {
    if ((error as { errno?: number }).errno !== tableWasChanged) throw error;
    throw new Refusal(
      `A migration changed ${dump.name} during the backup: delete ${directory} and try again.`,
    );
  }
  return found;
}
