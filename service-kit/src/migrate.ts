import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Logger } from './logger.ts';
import { patiently } from './patiently.ts';

export interface MigrationSettings {
  DB_HOST: string;
  DB_PORT: number;
  DB_NAME: string;
  DB_USER: string;
  DB_PASSWORD: string;
  DB_MIGRATION_USER?: string | undefined;
  DB_MIGRATION_PASSWORD?: string | undefined;
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

interface AppliedRow extends RowDataPacket {
  name: string;
  checksum: string;
  applied_at: Date | null;
}

const lockSeconds = 5;

class EditedMigration extends Error {
  override readonly name = 'EditedMigration';
}

/** "It exists already" or "it is gone already": what a statement answers that took effect before a crash. */
const alreadyDone = new Set([1050, 1060, 1061, 1091, 1826, 3822]);

const createHistory = `CREATE TABLE IF NOT EXISTS schema_migrations (
  name       VARCHAR(200) NOT NULL PRIMARY KEY,
  checksum   CHAR(64)     NOT NULL,
  applied_at DATETIME(3)  NULL
)`;

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(directory, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readHistory(connection: Connection): Promise<Map<string, AppliedRow>> {
  const [rows] = await connection.query<AppliedRow[]>(
    'SELECT name, checksum, applied_at FROM schema_migrations',
  );
  return new Map(rows.map((row) => [row.name, row]));
}

function assertUnchanged(migrations: Migration[], history: Map<string, AppliedRow>): void {
  for (const { name, checksum } of migrations) {
    const row = history.get(name);
    if (row?.applied_at && row.checksum !== checksum) {
      throw new EditedMigration(
        `Migration ${name} was edited after it was applied; undo the edit and add a new file instead.`,
      );
    }
  }
}

/**
 * Runs one file and notes it. DDL commits by itself, so a crash can fall between the two: the note "begun" goes
 * first, and what a begun file finds done already is its own work (a file holds one DDL statement, which is atomic).
 */
async function apply(connection: Connection, migration: Migration): Promise<void> {
  const { name, sql, checksum } = migration;
  const begun = (await readHistory(connection)).has(name);
  await connection.query('REPLACE INTO schema_migrations (name, checksum) VALUES (?, ?)', [name, checksum]);
  await connection.query(sql).catch((error: unknown) => {
    if (!begun || !alreadyDone.has((error as { errno?: number }).errno ?? 0)) throw error;
  });
}

async function applyPending(connection: Connection, migrations: Migration[], logger: Logger): Promise<void> {
  await connection.query(createHistory);
  const history = await readHistory(connection);
  assertUnchanged(migrations, history);
  if (migrations.every(({ name }) => history.get(name)?.applied_at)) return;
  // Loading it costs a tenth of a second, and nearly every start finds nothing to do.
  const { Umzug } = await import('umzug');
  const umzug = new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: () => apply(connection, migration),
    })),
    storage: {
      executed: () =>
        Promise.resolve([...history.values()].filter((row) => row.applied_at).map((row) => row.name)),
      logMigration: async ({ name }) => {
        await connection.query('UPDATE schema_migrations SET applied_at = NOW(3) WHERE name = ?', [name]);
        logger.info('migration applied', { migration: name });
      },
      unlogMigration: () => Promise.reject(new Error('Migrations go forward only.')),
    },
    logger: undefined,
  });
  await umzug.up();
}

/** Without the right to migrate: somebody else (a Job, an init container) has applied every file, or we wait. */
async function findMigrated(connection: Connection, migrations: Migration[]): Promise<void> {
  const history = await readHistory(connection).catch(() => new Map<string, AppliedRow>());
  assertUnchanged(migrations, history);
  const missing = migrations.filter(({ name }) => !history.get(name)?.applied_at).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`migrations are missing: ${missing.join(', ')}`);
}

/** Fails while another replica migrates; the server frees the lock of a connection that is lost. */
async function lock(connection: Connection, database: string): Promise<void> {
  const name = `migrate ${database}`.slice(0, 64);
  const [rows] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS held', [
    name,
    lockSeconds,
  ]);
  if (Number(rows[0]?.held) !== 1) throw new Error(`another replica holds the lock "${name}"`);
}

/**
 * Brings the tables up to the numbered SQL files of a directory, once, however many replicas start at the same time
 * (GET_LOCK, MySQL manual 14.14). Waits for the database for as long as it takes, and says so.
 * @param directory holds 0001-*.sql and so on; forward only
 * @param settings without DB_MIGRATION_USER nothing is applied, only waited for
 * @throws when a file that was applied has changed since, or a statement fails
 */
export async function migrate(directory: string, settings: MigrationSettings, logger: Logger): Promise<void> {
  const migrates = settings.DB_MIGRATION_USER !== undefined;
  const migrations = await readMigrations(directory);
  const open = async (): Promise<Connection> => {
    const connection = await createConnection({
      host: settings.DB_HOST,
      port: settings.DB_PORT,
      database: settings.DB_NAME,
      user: settings.DB_MIGRATION_USER ?? settings.DB_USER,
      password: (migrates ? settings.DB_MIGRATION_PASSWORD : settings.DB_PASSWORD) ?? '',
      multipleStatements: true,
      connectTimeout: 2_000,
    });
    try {
      await (migrates ? lock(connection, settings.DB_NAME) : findMigrated(connection, migrations));
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  };
  const connection = await patiently(open, {
    what: 'the database',
    logger,
    isPassing: (error) => !(error instanceof EditedMigration),
  });
  try {
    if (migrates) await applyPending(connection, migrations, logger);
  } finally {
    // The lock goes with the connection, and a connection that is lost already must not hide why.
    connection.destroy();
  }
}
