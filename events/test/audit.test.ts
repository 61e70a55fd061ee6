import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { inboxChecks, outboxChecks } from '@tradepost/events/outbox.checks.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { changedSinceFirstRelay, listVersions } from '@tradepost/events/told-versions.ts';
import { runChecks } from '@tradepost/service-kit/run-checks.ts';
import type { TestDatabase } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { emptyTables, openEventDatabase, record, somethingHappened } from './helpers/event-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openEventDatabase();
  await database.change(
    `CREATE TABLE things (id VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, version INT NOT NULL,
       updated_at DATETIME(3) NOT NULL) ENGINE = InnoDB`,
    {},
  );
});
beforeEach(async () => {
  await emptyTables(database);
  await registerSinks(database, [{ name: 'one' }]);
});
afterAll(() => database.drop());

async function wrong(): Promise<string[]> {
  const found = await runChecks(database, [...outboxChecks, ...inboxChecks]);
  return found.flatMap(({ invariant, ids }) => ids.map((id) => `${invariant}: ${id}`));
}

const took = (subject: string, [applied, first, last]: [number, number, number]) =>
  database.change(
    `INSERT INTO inbox_sequences VALUES ('/test/things', :subject, :applied, :first, :last)
         ON DUPLICATE KEY UPDATE applied = :applied, first_sequence = :first, last_sequence = :last`,
    { subject, applied, first, last },
  );

const park = (subject: string, sink = '') =>
  database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     VALUES (:id, :id, :sink, '', 'thing.changed', :event, 'no', 5)`,
    { id: uuidv7(), sink, event: JSON.stringify({ subject }) },
  );

test('an event that waits is fine for a minute', async () => {
  await record(database, somethingHappened('a', 1));
  expect(await wrong()).toEqual([]);
  await database.change('UPDATE outbox SET created_at = NOW(3) - INTERVAL 61 SECOND', {});
  expect(await wrong()).toEqual([expect.stringMatching(/^9: one [0-9a-f-]{36}$/)]);
});

test.each<[what: string, counts: [number, number, number]]>([
  ['one that never came', [2, 1, 3]],
  ['one that took effect twice', [4, 1, 3]],
])('%s is seen by the count', async (_what, counts) => {
  await took('a', [3, 1, 3]);
  expect(await wrong()).toEqual([]);
  await took('a', counts);
  expect(await wrong()).toEqual(['9: /test/things a']);
});

test('what was set aside here is known to be missing', async () => {
  await took('a', [2, 1, 3]);
  await park('a');
  expect(await wrong()).toEqual([]);
});

test('versions are listed page by page, and tell what has not been told yet', async () => {
  await database.change(
    `INSERT INTO things VALUES ('a', 3, NOW(3) + INTERVAL 1 SECOND), ('b', 1, NOW(3) + INTERVAL 1 SECOND),
       ('c', 2, '2020-01-01'), ('d', 5, NOW(3) + INTERVAL 1 SECOND)`,
    {},
  );
  await record(database, somethingHappened('b', 1));
  await park('d', 'one');
  const things = { table: 'things', key: 'id', hasTold: changedSinceFirstRelay };
  const all = await listVersions(database, things, { limit: 10 });
  expect(all).toEqual([
    { subject: 'a', version: 3, isSettled: true },
    { subject: 'b', version: 1, isSettled: false },
    { subject: 'c', version: 2, isSettled: false },
    { subject: 'd', version: 5, isSettled: false },
  ]);
  expect(await listVersions(database, things, { limit: 1, after: 'a' })).toEqual(all.slice(1, 3));
  expect(await listVersions(database, things, { limit: 9, ids: ['d', 'a', 'x'] })).toEqual([all[0], all[3]]);
});
