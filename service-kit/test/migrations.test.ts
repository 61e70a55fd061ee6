import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { recordingLogger } from './helpers/kit-app.ts';

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'migrations-'));
  await write('0001-things.sql', 'CREATE TABLE things (id INT PRIMARY KEY) ENGINE = InnoDB');
  await write('0002-size.sql', 'ALTER TABLE things ADD COLUMN size INT NOT NULL DEFAULT 0');
  await write('0003-index.sql', 'CREATE INDEX things_size ON things (size)');
  await write('README.md', 'not a migration');
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const write = (name: string, sql: string) => writeFile(path.join(directory, name), sql);

async function run(logger = recordingLogger()): Promise<string[]> {
  const { DB_USER: DB_MIGRATION_USER, DB_PASSWORD: DB_MIGRATION_PASSWORD } = database.settings;
  await migrate(directory, { ...database.settings, DB_MIGRATION_USER, DB_MIGRATION_PASSWORD }, logger);
  return logger.lines.map(({ fields }) => (fields as { migration: string }).migration);
}

const all = ['0001-things.sql', '0002-size.sql', '0003-index.sql'];
const history = async () => {
  const rows = await database.select<{ name: string; applied: number }>(
    'SELECT name, applied_at IS NOT NULL AS applied FROM schema_migrations ORDER BY name',
  );
  return rows.filter(({ applied }) => applied).map(({ name }) => name);
};

test('applies the files in their order, once', async () => {
  expect(await run()).toEqual(all);
  expect(await history()).toEqual(all);
  expect(await run()).toEqual([]);
  expect(await database.select('SELECT size FROM things')).toEqual([]);
});

test('applies what was added later', async () => {
  await run();
  await write('0004-colour.sql', 'ALTER TABLE things ADD COLUMN colour VARCHAR(20) NULL');
  expect(await run()).toEqual(['0004-colour.sql']);
});

test('three replicas at once apply each file once, ten times on an empty schema', async () => {
  for (let round = 0; round < 10; round += 1) {
    await database.sequelize.query('DROP TABLE IF EXISTS things, schema_migrations');
    const applied = await Promise.all([run(), run(), run()]);
    expect(applied.flat().sort()).toEqual(all);
    expect(await history()).toEqual(all);
  }
}, 60_000);

test('refuses a file that was edited after it was applied', async () => {
  await run();
  await write('0002-size.sql', 'ALTER TABLE things ADD COLUMN size BIGINT NOT NULL DEFAULT 0');
  await write('0004-colour.sql', 'ALTER TABLE things ADD COLUMN colour VARCHAR(20) NULL');
  await expect(run()).rejects.toThrow('0002-size.sql was edited after it was applied');
  expect(await history()).toEqual(all);
});

test('goes on after a crash between a change and its note', async () => {
  await run();
  // As if the process had died after the statement: the note says begun, not applied.
  await database.sequelize.query('UPDATE schema_migrations SET applied_at = NULL');
  expect(await run()).toEqual(all);
  expect(await history()).toEqual(all);
});

test('goes on after a crash between the note and the change', async () => {
  await run();
  await database.sequelize.query('DROP INDEX things_size ON things');
  await database.sequelize.query(
    "UPDATE schema_migrations SET applied_at = NULL WHERE name = '0003-index.sql'",
  );
  expect(await run()).toEqual(['0003-index.sql']);
  expect(await database.select("SHOW INDEX FROM things WHERE Key_name = 'things_size'")).toHaveLength(1);
});

test('fails when a table is there that no migration made', async () => {
  await database.sequelize.query('CREATE TABLE things (other INT)');
  await expect(run()).rejects.toThrow('already exists');
  expect(await history()).toEqual([]);
});

test('a statement that fails ends the run, and works once it is mended', async () => {
  await write('0002-size.sql', 'ALTER TABLE nothing ADD COLUMN size INT');
  await expect(run()).rejects.toThrow("doesn't exist");
  expect(await history()).toEqual(['0001-things.sql']);
  await write('0002-size.sql', 'ALTER TABLE things ADD COLUMN size INT NOT NULL DEFAULT 0');
  expect(await run()).toEqual(all.slice(1));
});

test('without the right to migrate, waits until somebody has', async () => {
  let done = false;
  const logger = recordingLogger();
  const waiting = migrate(directory, database.settings, logger).then(() => (done = true));
  await sleep(700);
  expect(done).toBe(false);
  await run();
  await waiting;
  expect(logger.lines).toEqual([]);
});

test('without the right to migrate, refuses an edited file as well', async () => {
  await run();
  await write('0001-things.sql', 'CREATE TABLE things (id BIGINT PRIMARY KEY)');
  await expect(migrate(directory, database.settings, recordingLogger())).rejects.toThrow('was edited');
});
