import { escapeId } from 'mysql2';
import { forEachDatabase, type ByDatabase, type DatabaseName, type Sessions } from './databases.ts';
import { dumpDatabase } from './dump-database.ts';
import type { DatabaseRecord } from './manifest.ts';
import { listTables, type Table } from './read-table.ts';
import type { Session } from './session.ts';
import { showRows } from './show-rows.ts';

async function describeDatabase(
  session: Session,
  name: DatabaseName,
): Promise<Omit<DatabaseRecord, 'tables'>> {
  const [server] = await session.ask('SELECT VERSION() AS version');
  const [schema] = await session.ask(
    `SELECT default_character_set_name AS charset, default_collation_name AS collation
       FROM information_schema.schemata WHERE schema_name = ?`,
    [name],
  );
  const applied = 'SELECT name FROM schema_migrations WHERE applied_at IS NOT NULL ORDER BY name';
  return {
    server: server?.version ?? '',
    characterSet: schema?.charset ?? '',
    collation: schema?.collation ?? '',
    migrations: (await session.ask(applied)).map((row) => row.name ?? ''),
  };
}

async function countRows(sessions: Sessions, tables: ByDatabase<Table[]>): Promise<number> {
  let rows = 0;
  await forEachDatabase(async (name) => {
    for (const table of tables[name]) {
      const [row] = await sessions[name].ask(`SELECT COUNT(*) AS count FROM ${escapeId(table.name)}`);
      rows += Number(row?.count);
    }
  });
  return rows;
}

/** Writes what the sessions see into the directory, a file for each database. */
export async function writeDumps(sessions: Sessions, directory: string): Promise<ByDatabase<DatabaseRecord>> {
  const tables = await forEachDatabase((name) => listTables(sessions[name], name));
  return showRows('rows', await countRows(sessions, tables), (onRow) =>
    forEachDatabase(async (name) => {
      const session = sessions[name];
      const about = await describeDatabase(session, name);
      const contents = await dumpDatabase({ name, session, tables: tables[name], onRow }, directory);
      return { ...about, tables: contents };
    }),
  );
}
