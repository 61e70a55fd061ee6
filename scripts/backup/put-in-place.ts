import { escapeId } from 'mysql2';
import type { DatabaseName } from './databases.ts';
import { dropStaging, stagingOf } from './load-database.ts';
import type { DatabaseRecord } from './manifest.ts';
import { listTableNames } from './read-table.ts';
import type { Session } from './session.ts';

const replacedOf = (name: DatabaseName): string => `${name}_replaced`;

function renames(tables: readonly string[], from: string, to: string): string[] {
  return tables.map((table) => `${escapeId(from)}.${escapeId(table)} TO ${escapeId(to)}.${escapeId(table)}`);
}

/**
 * Exchanges the tables of a database for those that were loaded beside it. One RENAME does both, all or nothing, in
 * no time: nobody ever meets half a database. The schema itself stays, with all that was granted on it.
 */
export async function putInPlace(
  session: Session,
  name: DatabaseName,
  { characterSet, collation }: DatabaseRecord,
): Promise<void> {
  const [schema, replaced] = [escapeId(name), escapeId(replacedOf(name))];
  const charset = `CHARACTER SET ${characterSet} COLLATE ${collation}`;
  await session.run(`CREATE DATABASE IF NOT EXISTS ${schema} ${charset}`);
  await session.run(`ALTER DATABASE ${schema} ${charset}`);
  await session.run(`DROP DATABASE IF EXISTS ${replaced}`);
  await session.run(`CREATE DATABASE ${replaced} ${charset}`);
  const [old, loaded] = [await listTableNames(session, name), await listTableNames(session, stagingOf(name))];
  const moves = [...renames(old, name, replacedOf(name)), ...renames(loaded, stagingOf(name), name)];
  await session.run(`RENAME TABLE ${moves.join(', ')}`);
  await session.run(`DROP DATABASE ${replaced}`);
  await dropStaging(session, name);
}
