import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordEvents } from '@tradepost/events/record-event.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { relayEvents } from '@tradepost/events/relay-events.ts';
import { SinkAway } from '@tradepost/events/sink.ts';
import { measureOutbox } from '@tradepost/events/metrics.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { silentLogger as logger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { countReads, tenThousandRows } from '../../testing/count-reads.ts';
import {
  countRows,
  emptyTables,
  eventually,
  ListeningSink,
  openEventDatabase,
  record,
  sequencesOf,
  somethingHappened,
} from './helpers/event-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openEventDatabase();
});
beforeEach(() => emptyTables(database));
afterAll(() => database.drop());

const isEmpty = async (): Promise<boolean> => (await countRows(database, 'outbox')) === 0;

describe('recording', () => {
  test('one row for each sink, or none when the transaction fails', async () => {
    await registerSinks(database, [{ name: 'one' }, { name: 'two' }]);
    await record(database, somethingHappened('a', 1), somethingHappened('b', 1));
    expect(await countRows(database, 'outbox')).toBe(4);
    const failing = database.transaction(async (tx) => {
      await recordEvents(database, tx, [somethingHappened('a', 2)]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await countRows(database, 'outbox')).toBe(4);
  });

  test('without a sink it fails, and loses nothing in silence', async () => {
    await expect(record(database, somethingHappened('a', 1))).rejects.toThrow('registerSinks');
  });

  test('a sink that is not named any more gets no new events, and keeps the old ones', async () => {
    await registerSinks(database, [{ name: 'one' }, { name: 'two' }]);
    await record(database, somethingHappened('a', 1));
    await registerSinks(database, [{ name: 'two' }]);
    await record(database, somethingHappened('a', 2));
    const rows = await database.select<{ sink: string }>('SELECT sink FROM outbox ORDER BY position');
    expect(rows.map(({ sink }) => sink)).toEqual(['one', 'two', 'two']);
  });

  test('what is told is a CloudEvent, whatever letters it has', async () => {
    const sink = new ListeningSink();
    await registerSinks(database, [sink]);
    await record(database, somethingHappened('a', 7, { text: 'naïve "quotes" \\ \n ☃ 🛒' }));
    const relay = relayEvents({ database, logger }, sink);
    await eventually(isEmpty);
    await relay.stop();
    expect(sink.taken).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: '/test/things',
        type: 'thing.changed',
        subject: 'a',
        time: expect.stringMatching(/Z$/),
        datacontenttype: 'application/json',
        partitionkey: 'a',
        sequence: 7,
        data: { text: 'naïve "quotes" \\ \n ☃ 🛒' },
      },
    ]);
  });
});

describe('relaying', () => {
  test('a sink that is away blames no event, and gets all of them when it is back', async () => {
    const sink = new ListeningSink();
    await registerSinks(database, [sink]);
    let isAway = true;
    sink.before = () => {
      if (isAway) throw new SinkAway('away');
    };
    const relay = relayEvents({ database, logger }, sink);
    for (let sequence = 1; sequence <= 20; sequence += 1)
      await record(database, somethingHappened('a', sequence));
    await sleep(500);
    isAway = false;
    await eventually(isEmpty);
    await relay.stop();
    expect(sequencesOf(sink.taken)).toEqual({ a: Array.from({ length: 20 }, (_, index) => index + 1) });
    expect(await countRows(database, 'dead_letters')).toBe(0);
  });

  test('an event that is refused five times is parked; those behind it wait for that, others do not', async () => {
    const sink = new ListeningSink();
    await registerSinks(database, [sink]);
    let tries = 0;
    sink.before = (events) => {
      if (!events.some(({ event }) => event.subject === 'bad' && event.sequence === 1)) return;
      if (events.length === 1) tries += 1;
      throw new Error('not this one');
    };
    await record(
      database,
      somethingHappened('bad', 1),
      somethingHappened('good', 1),
      somethingHappened('bad', 2),
    );
    const relay = relayEvents({ database, logger }, sink);
    await eventually(isEmpty);
    await relay.stop();
    expect(tries).toBe(5);
    expect(sequencesOf(sink.taken)).toEqual({ good: [1], bad: [2] });
    const [letter] = await database.select<{ sink: string; attempts: number; error: string }>(
      'SELECT sink, attempts, error FROM dead_letters',
    );
    expect(letter).toEqual({ sink: sink.name, attempts: 5, error: 'not this one' });
  });

  test('two relays at once, each killed and started again: no gap, and no swap within a key', async () => {
    const sink = new ListeningSink();
    sink.before = () => sleep(Math.random() * 5);
    await registerSinks(database, [sink]);
    const pools = [openDatabase(database.settings), openDatabase(database.settings)];
    let relays = pools.map((pool) => relayEvents({ database: pool, logger }, sink));
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const writing = Promise.all(
      keys.map(async (key) => {
        for (let sequence = 1; sequence <= 60; sequence += 1)
          await record(database, somethingHappened(key, sequence));
      }),
    );
    for (let round = 0; round < 6; round += 1) {
      await sleep(100);
      const index = round % 2;
      await relays[index]?.stop();
      relays = relays.with(index, relayEvents({ database: pools[index]!, logger }, sink));
    }
    await writing;
    await eventually(isEmpty);
    for (const relay of relays) await relay.stop();
    for (const pool of pools) await pool.close();
    const inOrder = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(sequencesOf(sink.taken)).toEqual(Object.fromEntries(keys.map((key) => [key, inOrder])));
  }, 30_000);
});

describe('10,000 more events that wait for a sink that is away', () => {
  let single: TestDatabase;
  beforeAll(async () => {
    single = await openEventDatabase(1);
  });
  afterAll(() => single.drop());

  const waitForAway = (count: number): Promise<number> =>
    single.change(
      `INSERT INTO outbox (sink, topic, event) SELECT 'away', 'test.things', :event FROM ${tenThousandRows} LIMIT :count`,
      { count, event: JSON.stringify({ partitionkey: 'a' }) },
    );

  /** Rows that a relay reads until its sink was tried, or the outbox was looked at, so many times. */
  async function readsOfRelay(name: string): Promise<number> {
    const sink = new ListeningSink(name);
    let tries = 0;
    sink.before = () => {
      tries += 1;
      throw new SinkAway('away');
    };
    await registerSinks(single, [{ name: 'away' }, sink]);
    return countReads(single, async () => {
      const relay = relayEvents({ database: single, logger }, sink);
      if (name === 'away') await eventually(() => tries >= 3);
      else await sleep(300);
      await relay.stop();
    });
  }

  test('cost neither a relay nor a look at the figures more', async () => {
    const metrics = createMetrics();
    measureOutbox(metrics, single);
    const look = (): Promise<number> => countReads(single, () => metrics.expose());
    await waitForAway(10_000);
    const before = { away: await readsOfRelay('away'), idle: await readsOfRelay('idle'), look: await look() };
    await waitForAway(10_000);
    // A relay may look once more or less before it is stopped; a look reads 500 events of its sink.
    expect(await readsOfRelay('away')).toBeLessThan(before.away + 1_100);
    expect(await readsOfRelay('idle')).toBeLessThan(before.idle + 100);
    expect(await look()).toBeLessThan(before.look + 100);
  });

  test('count as 10,000, and the oldest is found', async () => {
    const metrics = createMetrics();
    measureOutbox(metrics, single);
    await single.change(
      'UPDATE outbox SET created_at = NOW(3) - INTERVAL 1 HOUR ORDER BY position LIMIT 1',
      {},
    );
    const { text } = await metrics.expose();
    expect(text).toContain('outbox_waiting_events 10000\n');
    expect(Number(/^outbox_oldest_seconds (.*)$/m.exec(text)?.[1])).toBeGreaterThan(3_500);
    expect(text).toContain('dead_letters 0\n');
  });
});
