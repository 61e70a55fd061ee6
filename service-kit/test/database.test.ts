import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Database, errorNumber, isDuplicate, openDatabase } from '@tradepost/service-kit/database.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import type { Transaction } from 'sequelize';
import { startKitApp } from './helpers/kit-app.ts';

let single: TestDatabase;
let pool: Database;
const poolSize = 8;

beforeAll(async () => {
  single = await createTestDatabase();
  pool = openDatabase({ ...single.settings, DB_POOL_SIZE: poolSize });
  await single.sequelize.query('CREATE TABLE things (id INT PRIMARY KEY, count INT NOT NULL)');
});
afterAll(async () => {
  await pool.close();
  await single.drop();
});
beforeEach(async () => {
  await single.sequelize.query('DELETE FROM things');
  await single.sequelize.query(
    'INSERT INTO things VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0)',
  );
});

const raise = (database: Database, id: number, tx?: Transaction) =>
  database.change('UPDATE things SET count = count + 1 WHERE id = :id', { id }, tx);
const counts = async (): Promise<Record<number, number>> => {
  const rows = await single.select<{ id: number; count: number }>('SELECT id, count FROM things');
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
};

/** Two transactions that lock two rows crosswise, at the same moment in their first attempts. */
async function deadlock(database: Database, a: number, b: number): Promise<number> {
  let attempts = 0;
  let arrived = 0;
  let release = (): void => undefined;
  const both = new Promise<void>((resolve) => (release = resolve));
  const cross = (first: number, second: number) =>
    database.transaction(async (tx) => {
      attempts += 1;
      await raise(database, first, tx);
      arrived += 1;
      if (arrived === 2) release();
      await both;
      await raise(database, second, tx);
    });
  await Promise.all([cross(a, b), cross(b, a)]);
  return attempts;
}

test('a deadlock runs the whole of one transaction again, and none of it twice', async () => {
  expect(await deadlock(pool, 1, 2)).toBe(3);
  expect(await counts()).toMatchObject({ 1: 2, 2: 2 });
});

test('1,000 deadlocks leave the pool whole', async () => {
  const pairs = [1, 3, 5, 7];
  let attempts = 0;
  await Promise.all(
    pairs.map(async (row) => {
      for (let round = 0; round < 250; round += 1) {
        const needed = await deadlock(pool, row, row + 1);
        attempts += needed;
      }
    }),
  );
  expect(attempts).toBeGreaterThanOrEqual(3_000);
  expect(await counts()).toEqual(Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((id) => [id, 500])));
  // As many at once as the pool has connections: each has one of its own, and none is in a transaction still.
  const ids = await Promise.all(
    Array.from({ length: poolSize }, () =>
      pool.transaction(async (tx) => {
        const [row] = await pool.select<{ id: number }>('SELECT CONNECTION_ID() AS id, SLEEP(0.2)', {}, tx);
        return row?.id;
      }),
    ),
  );
  expect(new Set(ids).size).toBe(poolSize);
  const open = await single.select(
    `SELECT trx_id FROM information_schema.innodb_trx
       JOIN information_schema.processlist ON id = trx_mysql_thread_id WHERE db = DATABASE()`,
  );
  expect(open).toEqual([]);
}, 120_000);

test('work that fails is undone and not repeated', async () => {
  let attempts = 0;
  const work = single.transaction(async (tx) => {
    attempts += 1;
    await raise(single, 1, tx);
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(attempts).toBe(1);
  expect(await counts()).toMatchObject({ 1: 0 });
});

test('a query that forgets its transaction fails in 1.5 s when the pool has one connection', async () => {
  const startedAt = performance.now();
  const work = single.transaction(async (tx) => {
    await raise(single, 1, tx);
    await raise(single, 1);
  });
  await expect(work).rejects.toMatchObject({ name: 'SequelizeConnectionAcquireTimeoutError' });
  const ms = performance.now() - startedAt;
  expect(ms).toBeGreaterThan(1_400);
  expect(ms).toBeLessThan(2_500);
  await raise(single, 1);
  expect(await counts()).toMatchObject({ 1: 1 });
});

test('a row that somebody else keeps locked is answered with 503 within 4 s', async () => {
  const app = await startKitApp([
    route({
      method: 'post',
      path: '/things',
      summary: 'Raise',
      access: 'anyone',
      answers: { 204: null },
      handle: async () => {
        await pool.transaction((tx) => raise(pool, 1, tx));
        return { status: 204, body: null };
      },
    }),
  ]);
  let unlock = (): void => undefined;
  const locked = new Promise<void>((resolve) => (unlock = resolve));
  const holder = pool.transaction(async (tx) => {
    await raise(pool, 1, tx);
    await locked;
  });
  await sleep(100);
  const startedAt = performance.now();
  const answer = await app.request.post('/things');
  const ms = performance.now() - startedAt;
  unlock();
  await holder;
  expect(answer.status).toBe(503);
  expect(answer.get('Retry-After')).toBe('1');
  expect(ms).toBeLessThan(4_000);
  await app.request.post('/things').expect(204);
  await app.close();
  expect(await counts()).toMatchObject({ 1: 2 });
}, 15_000);

test('a lock that is free in time is waited for', async () => {
  let locked = (): void => undefined;
  const isLocked = new Promise<void>((resolve) => (locked = resolve));
  const holder = pool.transaction(async (tx) => {
    await raise(pool, 1, tx);
    locked();
    await sleep(1_500);
  });
  await isLocked;
  await pool.transaction((tx) => raise(pool, 1, tx));
  await holder;
  expect(await counts()).toMatchObject({ 1: 2 });
}, 10_000);

test('transactions see what others commit meanwhile', async () => {
  const seen = await pool.transaction(async (tx) => {
    const read = () => pool.select<{ count: number }>('SELECT count FROM things WHERE id = 1', {}, tx);
    const before = await read();
    await raise(single, 1);
    return [...before, ...(await read())].map(({ count }) => count);
  });
  expect(seen).toEqual([0, 1]);
});

test('tells the affected rows, and what a unique index refused', async () => {
  expect(await single.change('UPDATE things SET count = 5 WHERE id <= :id', { id: 3 })).toBe(3);
  expect(await single.change('DELETE FROM things WHERE id > :id', { id: 100 })).toBe(0);
  const again = await single.sequelize
    .query('INSERT INTO things VALUES (1, 0)')
    .catch((error: unknown) => error);
  expect(isDuplicate(again)).toBe(true);
  expect(errorNumber(again)).toBe(1062);
  expect(isDuplicate(new Error('other'))).toBe(false);
});

test('refuses what does not fit a column instead of cutting it', async () => {
  await expect(single.sequelize.query('UPDATE things SET count = 99999999999')).rejects.toThrow();
});

test('values never become SQL', async () => {
  const id = "1' OR '1'='1";
  expect(await single.select('SELECT id FROM things WHERE CAST(id AS CHAR) = :id', { id })).toEqual([]);
});
