import { escapeId } from 'mysql2';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { DatabaseName } from './databases.ts';
import { fileOf, type DatabaseRecord } from './manifest.ts';
import type { Session } from './session.ts';

export interface Load {
  name: DatabaseName;
  session: Session;
  record: DatabaseRecord;
  onRow: () => void;
}

/** Where a backup is loaded and looked at before it takes the place of anything. */
export const stagingOf = (name: DatabaseName): string => `${name}_restoring`;

/** Not by readline: it breaks lines at characters that a value may hold. */
async function* readLines(path: string): AsyncGenerator<string> {
  const text = pipeline(createReadStream(path), createGunzip(), () => undefined).setEncoding('utf8');
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + (piece as string)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** No value holds a line break as it is, and nothing but the end of a statement comes before one as a semicolon. */
async function* readStatements(path: string, onRow: () => void): AsyncGenerator<string> {
  let statement: string[] = [];
  for await (const line of readLines(path)) {
    if (line === '' || line.startsWith('--')) continue;
    if (line.startsWith('(')) onRow();
    statement.push(line);
    if (!line.endsWith(';')) continue;
    yield statement.join('\n');
    statement = [];
  }
}

export async function dropStaging(session: Session, name: DatabaseName): Promise<void> {
  await session.run(`DROP DATABASE IF EXISTS ${escapeId(stagingOf(name))}`);
}

/** Loads a database into a new schema beside the one that is used, and leaves the session there. */
export async function loadDatabase({ name, session, record, onRow }: Load, directory: string): Promise<void> {
  const schema = escapeId(stagingOf(name));
  const { characterSet, collation } = record;
  await dropStaging(session, name);
  await session.run(`CREATE DATABASE ${schema} CHARACTER SET ${characterSet} COLLATE ${collation}`);
  await session.use(stagingOf(name));
  for await (const statement of readStatements(join(directory, fileOf(name)), onRow)) {
    await session.run(statement);
  }
}
