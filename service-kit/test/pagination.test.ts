import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cursorParameter, limitParameter, toPage } from '@tradepost/service-kit/pagination.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import fc from 'fast-check';
import { z } from 'zod';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sequelize.query(
    'CREATE TABLE things (id INT PRIMARY KEY, size INT NOT NULL, KEY (size, id))',
  );
});
afterAll(() => database.drop());

interface Row {
  id: number;
  size: number;
}

const position = z.tuple([z.int(), z.int()]);
const cursorOf = cursorParameter(position);

/** A list as services read theirs: by size, then by id, from the cursor on. */
async function readPage(limit: number, cursor: string | undefined) {
  const [size, id] = cursorOf.parse(cursor) ?? [-1, -1];
  const rows = await database.select<Row>(
    `SELECT id, size FROM things WHERE size > :size OR (size = :size AND id > :id)
      ORDER BY size, id LIMIT :rows`,
    { size, id, rows: limit + 1 },
  );
  return toPage(rows, limit, (row) => [row.size, row.id]);
}

async function readAll(limit: number): Promise<Row[][]> {
  const pages: Row[][] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await readPage(limit, cursor);
    pages.push(items);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

test('pages put together are the list, each full but the last', async () => {
  // Few sizes, so that many rows share one and pages end between equals.
  const sizes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 12 }), async (given, limit) => {
      await database.sequelize.query('DELETE FROM things');
      if (given.length > 0) {
        const values = given.map((size, id) => `(${id}, ${size})`).join(', ');
        await database.sequelize.query(`INSERT INTO things (id, size) VALUES ${values}`);
      }
      const all = given.map((size, id) => ({ id, size })).sort((a, b) => a.size - b.size || a.id - b.id);
      const pages = await readAll(limit);
      expect(pages.flat()).toEqual(all);
      expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a row that goes between two pages hides no other', async () => {
  await database.sequelize.query('DELETE FROM things');
  await database.sequelize.query('INSERT INTO things (id, size) VALUES (1, 1), (2, 1), (3, 1), (4, 1)');
  const first = await readPage(2, undefined);
  await database.sequelize.query('DELETE FROM things WHERE id = 2');
  const second = await readPage(2, first.nextCursor ?? '');
  expect(second).toEqual({
    items: [
      { id: 3, size: 1 },
      { id: 4, size: 1 },
    ],
    nextCursor: null,
  });
});

test('a cursor brings any position back unchanged', () => {
  const anything = cursorParameter(z.tuple([z.string(), z.number(), z.string().nullable()]));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.integer(), (text, number) => {
      const { nextCursor } = toPage([0, 1], 1, () => [text, number, null]);
      expect(anything.parse(nextCursor)).toEqual([text, number, null]);
    }),
  );
});

test('whatever is not a cursor is a fault, never an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(cursorOf.safeParse(text).success).toBe(false);
    }),
  );
});

test('the limit is 20 when absent, and 1 to 100', () => {
  expect(limitParameter.parse(undefined)).toBe(20);
  expect(['1', '100'].map((limit) => limitParameter.parse(limit))).toEqual([1, 100]);
  expect(['0', '101', '-1', '2.5', 'x'].some((limit) => limitParameter.safeParse(limit).success)).toBe(false);
});
