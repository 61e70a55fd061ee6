import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { afterCommit, errorNumber } from '@tradepost/service-kit/database.ts';
import type { Statement } from '@tradepost/service-kit/packet-transaction.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(undefined, 4);
  await database.change(
    'CREATE TABLE things (id INT PRIMARY KEY, name VARCHAR(50), at DATETIME(3)) ENGINE = InnoDB',
    {},
  );
});
beforeEach(() => database.change('DELETE FROM things', {}));
afterAll(() => database.drop());

const insert = (id: number, name = 'a', at: Date | null = null): Statement => ({
  sql: 'INSERT INTO things VALUES (?, ?, ?)',
  values: [id, name, at],
});
const rename = (id: number, name: string): Statement => ({
  sql: 'UPDATE things SET name = ? WHERE id = ?',
  values: [name, id],
});
const select: Statement = { sql: 'SELECT id, name, at FROM things ORDER BY id', values: [] };
const ids = async () => (await database.select<{ id: number }>(select.sql)).map(({ id }) => id);

test('several statements go in one packet, each with its own result', async () => {
  const at = new Date('2026-11-29T12:34:56.789Z');
  const results = await database.packets((tx) =>
    tx.send(insert(1, `it's "a" \\ ☃`, at), rename(2, 'b'), select),
  );
  expect(results.map(({ changed }) => changed)).toEqual([1, 0, 0]);
  expect(results[2]?.rows).toEqual([{ id: 1, name: `it's "a" \\ ☃`, at }]);
  expect(await ids()).toEqual([1]);
});

test('changed rows are those that are another afterwards', async () => {
  await database.packets((tx) => tx.send(insert(1)));
  const [same, other] = await database.packets((tx) => tx.send(rename(1, 'a'), rename(1, 'b')));
  expect([same?.changed, other?.changed]).toEqual([0, 1]);
});

test('a statement that fails rolls everything back, and the connection serves the next transaction', async () => {
  const failing = database.packets(async (tx) => {
    await tx.send(insert(1));
    await tx.send(insert(2), insert(1), insert(3));
  });
  await expect(failing).rejects.toThrow();
  expect(errorNumber(await failing.catch((error: unknown) => error))).toBe(1062);
  expect(await ids()).toEqual([]);
  await database.packets((tx) => tx.sendLast(insert(4)));
  expect(await ids()).toEqual([4]);
});

test('work that waits for the COMMIT runs after it, and never after a ROLLBACK', async () => {
  const seen: string[] = [];
  await database.packets(async (tx) => {
    afterCommit(() => seen.push('committed'));
    await tx.sendLast(insert(1));
    seen.push('sent');
  });
  const failing = database.packets(async (tx) => {
    afterCommit(() => seen.push('never'));
    await tx.send(insert(2));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(seen).toEqual(['sent', 'committed']);
  expect(await ids()).toEqual([1]);
});

test('two groups that lock each other out both succeed: one of them starts again', async () => {
  await database.packets((tx) => tx.send(insert(1), insert(2)));
  const lock = (id: number): Statement => ({
    sql: 'SELECT * FROM things WHERE id = ? FOR UPDATE',
    values: [id],
  });
  const cross = (first: number, second: number, name: string) =>
    database.packets(async (tx) => {
      await tx.send(lock(first));
      await tx.send(lock(second), rename(first, name), rename(second, name));
    });
  for (let round = 0; round < 20; round += 1)
    await Promise.all([cross(1, 2, `up ${round}`), cross(2, 1, `down ${round}`)]);
  const names = (await database.select<{ name: string }>(select.sql)).map(({ name }) => name);
  expect(new Set(names).size).toBe(1);
});
