import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compareContents, compareSums } from '../backup/compare-shop.ts';
import { databaseNames } from '../backup/databases.ts';
import { dumpDatabase } from '../backup/dump-database.ts';
import { dropStaging, loadDatabase, stagingOf } from '../backup/load-database.ts';
import { putLogInsBack, saveLogIns } from '../backup/log-ins.ts';
import { describeFile, readManifest, type DatabaseRecord } from '../backup/manifest.ts';
import { listTables, readRows } from '../backup/read-table.ts';
import { Session } from '../backup/session.ts';
import { readJson, writePrivately } from '../local/data-directory.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-backup-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a database that is written and loaded', () => {
  let database: TestDatabase;
  let session: Session;
  const schema = (): string => database.settings.DB_NAME;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { DB_HOST: host, DB_PORT: port, DB_USER: user, DB_PASSWORD: password } = database.settings;
    session = await Session.open({ host, port, user, password });
    await session.use(schema());
  });
  afterAll(async () => {
    await dropStaging(session, 'authDB');
    session.close();
    await database.drop();
  });

  const texts = [
    'plain',
    '',
    `it's "quoted" \\ and \\n not a break`,
    'ends a statement);\n(\nINSERT;\r\n-- not a comment',
    'breaks lines elsewhere: \u2028\u2029\u0085\v\f',
    '🎁 é 漢字 \0 \x1a %_',
    'NULL',
  ];

  async function readAll(of: string): Promise<Record<string, string[]>> {
    const all: Record<string, string[]> = {};
    for (const table of await listTables(session, of)) {
      all[table.name] = [];
      for await (const row of readRows(session, table)) all[table.name]!.push(row);
    }
    return all;
  }

  it('has every value again, whatever it is', async () => {
    // `a_child` is written before the table that it refers to.
    await session.run(`CREATE TABLE z_parent (
      id BIGINT UNSIGNED NOT NULL PRIMARY KEY, \`order\` VARCHAR(200) NULL, doc JSON NULL, at DATETIME(3) NULL,
      bytes VARBINARY(20) NULL, amount DECIMAL(30,10) NULL, flag BIT(3) NULL, day DATE NULL,
      half BIGINT UNSIGNED AS (id DIV 2) STORED, CONSTRAINT small CHECK (amount < 10)) ENGINE = InnoDB`);
    await session.run(`CREATE TABLE a_child (
      id INT AUTO_INCREMENT PRIMARY KEY, parent_id BIGINT UNSIGNED NOT NULL,
      FOREIGN KEY (parent_id) REFERENCES z_parent (id)) ENGINE = InnoDB`);
    await session.run(`CREATE TABLE nothing (id INT PRIMARY KEY) ENGINE = InnoDB`);
    for (const [index, value] of texts.entries()) {
      await session.ask(
        'INSERT INTO z_parent (id, `order`, doc, at, bytes, amount, flag, day) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        [
          ...[
            `${18446744073709551615n - BigInt(index)}`,
            value,
            JSON.stringify({ value }),
            '2026-02-28 23:59:59.999',
          ],
          ...[Buffer.from([0, 39, 92, 255, index]), '-0.0000000001', index, '0001-01-01'],
        ],
      );
    }
    await session.run('INSERT INTO z_parent (id) VALUES (0)');
    await session.run('INSERT INTO a_child (parent_id) VALUES (18446744073709551615), (0)');

    const tables = await listTables(session, schema());
    let rows = 0;
    const contents = await dumpDatabase(
      { name: 'authDB', session, tables, onRow: () => (rows += 1) },
      directory,
    );
    expect([rows, contents.z_parent?.rows, contents.nothing?.rows]).toEqual([
      texts.length + 3,
      texts.length + 1,
      0,
    ]);
    const before = await readAll(schema());
    const record = { characterSet: 'utf8mb4', collation: 'utf8mb4_unicode_520_ci' } as DatabaseRecord;
    rows = 0;
    await loadDatabase({ name: 'authDB', session, record, onRow: () => (rows += 1) }, directory);
    expect(rows).toBe(texts.length + 3);
    expect(await readAll(stagingOf('authDB'))).toEqual(before);
    const loaded = await session.ask('SELECT `order` AS value, half FROM z_parent ORDER BY id DESC');
    expect(loaded.slice(0, -1).map(({ value }) => value)).toEqual(texts);
    expect(loaded[0]?.half).toBe('9223372036854775807');
    expect(gunzipSync(await readFile(join(directory, 'authDB.sql.gz'))).toString()).toMatch(
      /\n-- complete\n$/,
    );
    await session.use(schema());
  });

  it('is refused when it holds more than tables', async () => {
    await session.run('CREATE VIEW seen AS SELECT id FROM nothing');
    await expect(listTables(session, schema())).rejects.toThrow(/holds seen, which is no table/);
    await session.run('DROP VIEW seen');
  });
});

describe('a manifest', () => {
  async function write(change: object, files: object[] = []): Promise<string> {
    const backup = await mkdtemp(join(directory, 'backup-'));
    const databases = Object.fromEntries(databaseNames.map((name) => [name, { migrations: [] }]));
    await writePrivately(join(backup, 'one.gz'), 'as it was');
    const manifest = { format: 2, databases, files, ...change };
    await writePrivately(join(backup, 'manifest.json'), JSON.stringify(manifest));
    return backup;
  }

  it('is there only when the backup came to its end', async () => {
    const backup = await write({});
    expect(await readManifest(backup)).toMatchObject({ format: 2 });
    await rm(join(backup, 'manifest.json'));
    await expect(readManifest(backup)).rejects.toThrow(/its backup was interrupted, or it is none/);
    await expect(readManifest(join(backup, 'none'))).rejects.toThrow(/none is not there/);
  });

  it('is of no use when a file is another, or gone, or newer than this checkout', async () => {
    const file = await describeFile(await write({}), 'one.gz');
    const backup = await write({}, [file]);
    expect((await readManifest(backup)).files).toEqual([file]);
    await writePrivately(join(backup, 'one.gz'), 'as it isn');
    await expect(readManifest(backup)).rejects.toThrow(/one.gz is damaged/);
    await rm(join(backup, 'one.gz'));
    await expect(readManifest(backup)).rejects.toThrow(/one.gz is missing/);
    await expect(readManifest(await write({ format: 1 }))).rejects.toThrow(/another version/);
    const none = { migrations: [] };
    const [later, others] = [{ migrations: ['9999-later.sql'] }, { productsDB: none, ordersDB: none }];
    for (const databases of [
      { authDB: later, ...others, paymentsDB: none },
      { authDB: none, ...others, paymentsDB: later },
    ])
      await expect(readManifest(await write({ databases }))).rejects.toThrow(
        /9999-later.sql of (auth|payments)DB/,
      );
  });
});

it('names each table and sum that differs, and no other', () => {
  const of = (rows: number, sha256: string) => ({
    tables: { one: { rows, sha256 }, two: { rows: 1, sha256: 'c' } },
  });
  const found = of(2, 'b').tables;
  const all = <T>(value: T) => ({ authDB: value, productsDB: value, ordersDB: value, paymentsDB: value });
  const differences = (rows: number, rowsOnly = false): string[] =>
    compareContents({ ...all(of(2, 'b')), ordersDB: of(rows, 'a') }, all(found), rowsOnly).differences;
  expect(differences(3)).toEqual(['ordersDB.one has 2 rows; the backup has 3.']);
  expect(differences(2)).toEqual(['ordersDB.one has other values than the backup, in as many rows.']);
  expect(differences(2, true)).toEqual([]);
  expect(compareSums({ users: '1', orders: '2' }, { users: '1', money: '9' }).differences).toEqual([
    'orders: 0, in the backup 2.',
    'money: 9, in the backup 0.',
  ]);
});

it('keeps the log-ins of people, and leaves those of the database where they are', async () => {
  const [from, into] = [await mkdtemp(join(directory, 'from-')), await mkdtemp(join(directory, 'into-'))];
  const write = (place: string, name: string, content: object) =>
    writePrivately(join(place, name), JSON.stringify(content));
  await write(from, 'secrets.json', { root: 'r1', 'ada@example.com': 'a1' });
  await write(from, 'admin.json', { email: 'x', password: 'y' });
  await write(into, 'secrets.json', { root: 'r2', 'ada@example.com': 'a2', 'ben@example.com': 'b2' });
  await write(into, 'admin.json', { email: 'x', password: 'z' });
  await write(into, 'replay.json', {});
  await saveLogIns(from, from);
  await putLogInsBack(into, from);
  expect(await readJson(join(into, 'secrets.json'))).toEqual({ root: 'r2', 'ada@example.com': 'a1' });
  expect(await readJson(join(into, 'admin.json'))).toEqual({ email: 'x', password: 'y' });
  expect(await readJson(join(into, 'replay.json'))).toBeNull();
});
