import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';
import type { EventStream } from './declare-events.ts';
import type { InboxDependencies } from './receive-events.ts';
import { measureOutbox } from './metrics.ts';
import { registerSinks } from './register-sinks.ts';
import { relayEvents } from './relay-events.ts';
import type { Sink } from './sink.ts';

interface SinkSettings {
  EVENT_SINKS: readonly ('http' | 'kafka' | 'webhook')[];
  KAFKA_BROKERS?: string[] | undefined;
}

interface Outlets {
  streams: readonly EventStream[];
  /** Who gets the events over HTTP. */
  listeners: readonly Sink[];
}

/** The sinks that the settings name, for the streams of one service. */
export async function openSinks(
  { EVENT_SINKS, KAFKA_BROKERS = [] }: SinkSettings,
  { streams, listeners }: Outlets,
): Promise<Sink[]> {
  const overHttp = EVENT_SINKS.includes('http') ? listeners : [];
  if (!EVENT_SINKS.includes('kafka')) return [...overHttp];
  // Takes as long to load as all the rest of a service, so only where it is used.
  const { kafkaSink } = await import('./kafka-sink.ts');
  const topics = [...new Set(streams.map(({ topic }) => topic))];
  return [...overHttp, kafkaSink(KAFKA_BROKERS, topics)];
}

/** Listens to topics of Kafka, when the settings name it; over HTTP the events come by themselves. */
export async function startListening(
  { EVENT_SINKS, KAFKA_BROKERS: brokers = [] }: SinkSettings,
  { groupId, topics }: { groupId: string; topics: string[] },
  inbox: InboxDependencies,
): Promise<{ stop: () => Promise<void> }> {
  if (!EVENT_SINKS.includes('kafka')) return { stop: () => Promise.resolve() };
  const { consumeTopics } = await import('./consume-topics.ts');
  return consumeTopics({ brokers, groupId, topics }, inbox);
}

/** How often a process looks for events that another process has recorded and did not relay, in milliseconds. */
const lookEveryMs = 5_000;
/** The same where the process that records has no relay of its own. */
export const lookOftenMs = 100;

/** The names of the sinks that openSinks opens, for a process that only records: the client of Kafka is not loaded. */
export function namesOfSinks(
  { EVENT_SINKS }: Pick<SinkSettings, 'EVENT_SINKS'>,
  listeners: readonly Pick<Sink, 'name'>[],
): Pick<Sink, 'name'>[] {
  const overHttp = EVENT_SINKS.includes('http') ? listeners : [];
  return EVENT_SINKS.includes('kafka') ? [...overHttp, { name: 'kafka' }] : [...overHttp];
}

/**
 * Registers sinks and relays to each. A relay wakes when its process records an event. One look serves all sinks, and
 * finds the events that a process left that died.
 * @param everyMs time between two looks
 */
export async function startRelays(
  dependencies: { database: Database; logger: Logger; metrics: Metrics },
  sinks: readonly Sink[],
  everyMs = lookEveryMs,
): Promise<{ stop: () => Promise<void> }> {
  const { database, logger } = dependencies;
  await registerSinks(database, sinks);
  measureOutbox(dependencies.metrics, database);
  const relays = new Map(sinks.map((sink) => [sink.name, relayEvents(dependencies, sink)]));
  const look = async (): Promise<void> => {
    const waiting = await database.select<{ sink: string }>('SELECT DISTINCT sink FROM outbox');
    waiting.forEach(({ sink }) => relays.get(sink)?.wake());
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) =>
      logger.warn('the outbox could not be looked at; trying again', { error }),
    );
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all([...relays.values()].map((relay) => relay.stop()));
    },
  };
}
