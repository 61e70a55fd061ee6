import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import { listDeadLetters, replayDeadLetter } from '@tradepost/events/dead-letters.ts';
import { type Listener, receiveEvents } from '@tradepost/events/receive-events.ts';
import { silentLogger as logger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { countRows, emptyTables, openEventDatabase } from './helpers/event-database.ts';

let database: TestDatabase;
let listener: Listener;

beforeAll(async () => {
  database = await openEventDatabase();
  await database.change('CREATE TABLE effects (subject VARCHAR(50), sequence INT) ENGINE = InnoDB', {});
});
beforeEach(async () => {
  await emptyTables(database);
  await database.change('DELETE FROM effects', {});
  listener = {
    handlers: {
      'thing.changed': async (tx, { subject, sequence }) => {
        await database.change('INSERT INTO effects VALUES (:subject, :sequence)', { subject, sequence }, tx);
      },
    },
  };
});
afterAll(() => database.drop());

function eventOf(subject: string, sequence: number, fields: Partial<CloudEvent> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: '/test/things',
    type: 'thing.changed',
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: subject,
    sequence,
    data: {},
    ...fields,
  };
}

const receive = (...events: CloudEvent[]): Promise<void> =>
  receiveEvents({ database, logger, listener }, events);
const effects = async (): Promise<string[]> =>
  (
    await database.select<{ effect: string }>(
      `SELECT CONCAT(subject, sequence) AS effect FROM effects ORDER BY subject, sequence`,
    )
  ).map(({ effect }) => effect);

describe('an event takes effect once', () => {
  test('however often it comes, in whatever order', async () => {
    const events = [eventOf('a', 1), eventOf('a', 2), eventOf('b', 1)];
    for (let round = 0; round < 5; round += 1) await receive(...events.toReversed(), ...events);
    expect(await effects()).toEqual(['a1', 'a2', 'b1']);
    const counted = await database.select('SELECT * FROM inbox_sequences ORDER BY subject');
    expect(counted).toEqual([
      { source: '/test/things', subject: 'a', applied: 2, first_sequence: 1, last_sequence: 2 },
      { source: '/test/things', subject: 'b', applied: 1, first_sequence: 1, last_sequence: 1 },
    ]);
  });

  test('when ten bring it at once, in batches that cross', async () => {
    const events = Array.from({ length: 30 }, (_, index) => eventOf(`thing-${index % 7}`, index));
    const turned = (by: number): CloudEvent[] => [...events.slice(by), ...events.slice(0, by)];
    await Promise.all(Array.from({ length: 10 }, (_, index) => receive(...turned(index * 3))));
    expect(await effects()).toHaveLength(30);
    expect(await countRows(database, 'dead_letters')).toBe(0);
  }, 20_000);

  test('when nobody handles its type, it is noted all the same', async () => {
    await receive(eventOf('a', 1, { type: 'thing.seen' }));
    expect(await effects()).toEqual([]);
    expect(await countRows(database, 'inbox')).toBe(1);
  });
});

describe('a poisonous event', () => {
  const isPoison = ({ data }: CloudEvent): boolean => data.poison === true;
  let tries = 0;
  beforeEach(() => {
    const { handlers } = listener;
    const apply = handlers['thing.changed']!;
    tries = 0;
    handlers['thing.changed'] = async (tx, event) => {
      await apply(tx, event);
      if (!isPoison(event)) return;
      tries += 1;
      throw new Error('It cannot be swallowed.');
    };
  });

  test('is parked after five tries, without its half effect, and the stream goes on', async () => {
    await receive(
      eventOf('a', 1),
      eventOf('a', 2, { data: { poison: true } }),
      eventOf('a', 3),
      eventOf('b', 1),
    );
    expect(await effects()).toEqual(['a1', 'a3', 'b1']);
    // Once more in the batch that it spoiled.
    expect(tries).toBe(6);
    const [letter] = await listDeadLetters({ database }, { limit: 10 });
    expect(letter).toMatchObject({ sink: '', attempts: 5, error: 'It cannot be swallowed.' });
  });

  test('is replayed once when what was wrong is mended, and stays when it is not', async () => {
    await receive(eventOf('a', 1, { data: { poison: true } }));
    const [letter] = await listDeadLetters({ database }, { limit: 10 });
    const dependencies = { database, logger, listener };
    await expect(replayDeadLetter(dependencies, letter!.id)).rejects.toMatchObject({ code: 'replay-failed' });
    // Not a word of what the database or a handler says: the log has it.
    await expect(replayDeadLetter(dependencies, letter!.id)).rejects.not.toMatchObject({
      message: expect.stringContaining('swallowed'),
    });
    expect(await countRows(database, 'dead_letters')).toBe(1);
    delete listener.handlers['thing.changed'];
    await Promise.allSettled([
      replayDeadLetter(dependencies, letter!.id),
      replayDeadLetter(dependencies, letter!.id),
    ]);
    expect(await countRows(database, 'dead_letters')).toBe(0);
    expect(await countRows(database, 'inbox')).toBe(1);
    await expect(replayDeadLetter(dependencies, letter!.id)).rejects.toMatchObject({ status: 404 });
  });
});
