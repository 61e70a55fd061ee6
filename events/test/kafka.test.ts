import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { consumeTopics } from '@tradepost/events/consume-topics.ts';
import { ensureTopics } from '@tradepost/events/ensure-topics.ts';
import { kafkaSink } from '@tradepost/events/kafka-sink.ts';
import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { relayEvents } from '@tradepost/events/relay-events.ts';
import { silentLogger as logger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import {
  countRows,
  emptyTables,
  eventually,
  openEventDatabase,
  record,
  sequencesOf,
  somethingHappened,
} from './helpers/event-database.ts';

const given = process.env.KAFKA_BROKERS;
const brokers = given?.split(',') ?? [];
if (!given) console.log('Nothing is sent to Kafka in these tests: KAFKA_BROKERS names no broker.');
const withKafka = given ? describe : describe.skip;

let database: TestDatabase;
let topic: string;
let applied: CloudEvent[];
beforeAll(async () => {
  database = await openEventDatabase(8);
});
beforeEach(async () => {
  await emptyTables(database);
  topic = `test.things.${Date.now()}`;
  applied = [];
});
afterAll(() => database.drop());

const happened = (subject: string, sequence: number) => ({ ...somethingHappened(subject, sequence), topic });

/** Takes what comes into account once its transaction commits: here, when it is all there is. */
function listen(groupId: string) {
  const listener = {
    handlers: {
      'thing.changed': (_tx: unknown, event: CloudEvent) => {
        applied.push(event);
        return Promise.resolve();
      },
    },
  };
  return consumeTopics({ brokers, groupId, topics: [topic] }, { database, logger, listener });
}

test('a broker that is not there is away, and blames no event', async () => {
  const sink = kafkaSink(['127.0.0.1:1'], ['test.nowhere']);
  await expect(sink.send([])).rejects.toMatchObject({ name: 'SinkAway' });
}, 30_000);

withKafka('through Kafka', () => {
  test('each event takes effect once and in order for its key, whoever is started again', async () => {
    await registerSinks(database, [{ name: 'kafka' }]);
    const relay = () => relayEvents({ database, logger }, kafkaSink(brokers, [topic]));
    const [relays, listeners] = [
      [relay(), relay()],
      [listen(topic), listen(topic)],
    ];
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (let sequence = 1; sequence <= 40; sequence += 1) {
      await record(database, ...keys.map((key) => happened(key, sequence)));
      const turn = (sequence / 10) % 2;
      if (sequence % 10 !== 0) continue;
      await relays[turn]?.stop();
      relays[turn] = relay();
      await listeners[turn]?.stop();
      listeners[turn] = listen(topic);
    }
    await eventually(async () => (await countRows(database, 'inbox')) === 40 * keys.length, 60_000);
    await Promise.all([...relays, ...listeners].map(({ stop }) => stop()));
    const inOrder = Array.from({ length: 40 }, (_, index) => index + 1);
    expect(sequencesOf(applied)).toEqual(Object.fromEntries(keys.map((key) => [key, inOrder])));
    const counted = await database.select<{ applied: number }>('SELECT applied FROM inbox_sequences');
    expect(counted.map((row) => row.applied)).toEqual(keys.map(() => 40));
  }, 120_000);

  test('what was applied and not acknowledged comes again, and has no second effect', async () => {
    const sink = kafkaSink(brokers, [topic]);
    await registerSinks(database, [sink]);
    await record(database, happened('a', 1), happened('a', 2));
    const relay = relayEvents({ database, logger }, sink);
    const first = listen(`${topic}.one`);
    await eventually(() => applied.length === 2, 30_000);
    await first.stop();
    // A group that has acknowledged nothing gets all of it from the beginning.
    const second = listen(`${topic}.two`);
    await record(database, happened('a', 3));
    await eventually(() => applied.length === 3, 30_000);
    await Promise.all([second.stop(), relay.stop()]);
    expect(applied.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  }, 90_000);

  test('what is no event is left out, and those behind it go on', async () => {
    const sink = kafkaSink(brokers, [topic]);
    await ensureTopics(brokers, [topic]);
    const producer = new Producer({
      clientId: 'stranger',
      bootstrapBrokers: brokers,
      serializers: stringSerializers,
    });
    await producer.send({
      messages: [
        { topic, key: 'a', value: 'no JSON' },
        { topic, key: 'a', value: '{"specversion":"1.0"}' },
      ],
    });
    await producer.close();
    await registerSinks(database, [sink]);
    await record(database, happened('a', 1));
    const relay = relayEvents({ database, logger }, sink);
    const listening = listen(topic);
    await eventually(() => applied.length === 1, 30_000);
    await Promise.all([listening.stop(), relay.stop()]);
    expect(await countRows(database, 'dead_letters')).toBe(0);
  }, 60_000);
});
