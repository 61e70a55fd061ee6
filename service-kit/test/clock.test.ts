import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';

const tenMinutesMs = 600_000;
const { now } = Date;

let schema: TestDatabase;
let database: Database;
beforeAll(async () => {
  schema = await createTestDatabase();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await database.close();
});
afterAll(() => schema.drop());

/** A pool of a process whose clock is wrong by some milliseconds. */
function openOnMachine(offsetMs: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
  database = openDatabase(schema.settings);
}

test.each([-tenMinutesMs, tenMinutesMs])(
  'the first connection gives a process that is off by %p ms the clock of the database',
  async (offsetMs) => {
    openOnMachine(offsetMs);
    expect(Math.abs(database.clock.now() - Date.now())).toBeLessThan(1_000);
    await database.select('SELECT 1');
    expect(Math.abs(database.clock.now() - now())).toBeLessThan(1_000);
  },
);

test('a ping follows a database whose clock was set, and a clock of the machine that is set changes nothing', async () => {
  openOnMachine(0);
  const set = now() + tenMinutesMs;
  await database.select('SELECT 1');
  await database.sequelize.query(`SET SESSION timestamp = ${set / 1_000}`);
  await database.ping();
  jest.spyOn(Date, 'now').mockReturnValue(0);
  expect(Math.abs(database.clock.now() - set)).toBeLessThan(1_000);
});

test('while the database is away, the clock goes on', async () => {
  openOnMachine(tenMinutesMs);
  await database.select('SELECT 1');
  const before = database.clock.now();
  await database.close();
  await expect(database.ping()).rejects.toThrow();
  const timer = performance.now();
  while (performance.now() < timer + 5);
  expect(database.clock.now()).toBeGreaterThan(before);
  expect(Math.abs(database.clock.now() - now())).toBeLessThan(1_000);
});
