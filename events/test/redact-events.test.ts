import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { listDeadLetters, replayDeadLetter } from '@tradepost/events/dead-letters.ts';
import { parkRefused } from '@tradepost/events/park-event.ts';
import { redactEvents } from '@tradepost/events/redact-events.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { silentLogger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { emptyTables, openEventDatabase, record, somethingHappened } from './helpers/event-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openEventDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await registerSinks(database, [{ name: 'one' }, { name: 'other' }]);
});
afterAll(() => database.drop());

const redact = (subject: string) =>
  database.transaction((tx) => redactEvents(database, tx, { subject, fields: ['name', 'place'] }));

async function readData(table: 'outbox' | 'dead_letters'): Promise<[string, number, object][]> {
  const rows = await database.select<{ event: string }>(`SELECT event FROM ${table}`);
  const events = rows.map(
    ({ event }) => JSON.parse(event) as { subject: string; sequence: number; data: object },
  );
  return events.map(({ subject, sequence, data }) => [subject, sequence, data]);
}

test('members leave the events of one subject, for every sink; the others and their ids stay', async () => {
  await record(
    database,
    somethingHappened('a', 1, { id: 'a', name: 'Ada', place: 'Leiden' }),
    somethingHappened('b', 1, { id: 'b', name: 'Bob' }),
    somethingHappened('a', 2, { id: 'a' }),
  );
  await redact('a');
  const told = await readData('outbox');
  expect(told).toHaveLength(6);
  expect(told.filter(([subject]) => subject === 'a').map(([, sequence, data]) => [sequence, data])).toEqual(
    expect.arrayContaining([
      [1, { id: 'a' }],
      [2, { id: 'a' }],
    ]),
  );
  expect(told.find(([subject]) => subject === 'b')).toEqual(['b', 1, { id: 'b', name: 'Bob' }]);
});

test('they leave dead letters, too, and the reason that may quote them', async () => {
  await record(database, somethingHappened('a', 1, { id: 'a', name: 'Ada' }));
  await database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     SELECT UUID(), JSON_VALUE(event, '$.id'), sink, topic, 'thing.changed', event, 'Ada is refused', 5
       FROM outbox`,
    {},
  );
  await redact('a');
  expect(await readData('dead_letters')).toEqual(Array(2).fill(['a', 1, { id: 'a' }]));
  const reasons = await database.select<{ error: string }>('SELECT error FROM dead_letters');
  expect(reasons.some(({ error }) => error.includes('Ada'))).toBe(false);
});

test('nothing of them comes back with an event that is parked or replayed at this moment', async () => {
  const parts = { error: new Error('refused'), attempts: 5, topic: 'test.things' };
  const dependencies = { database, logger: silentLogger, listener: { handlers: {} } };
  for (let round = 0; round < 30; round++) {
    await record(database, somethingHappened('a', round, { id: 'a', name: 'Ada' }));
    const waiting = await database.select<{ position: number; sink: string }>(
      'SELECT position, sink FROM outbox ORDER BY position DESC LIMIT 2',
    );
    // One has been parked before, and somebody replays it now; a relay gives the other up.
    const [first, second] = waiting;
    await parkRefused(database, { ...parts, ...first! });
    const [letter] = await listDeadLetters({ database }, { limit: 1 });
    await Promise.all([
      parkRefused(database, { ...parts, ...second! }),
      replayDeadLetter(dependencies, letter!.id),
      redact('a'),
    ]);
    for (const table of ['outbox', 'dead_letters'] as const)
      expect(JSON.stringify(await readData(table))).not.toContain('Ada');
  }
});

test('a subject of which nothing waits is no fault', async () => {
  await expect(redact('nobody')).resolves.toBeUndefined();
});
