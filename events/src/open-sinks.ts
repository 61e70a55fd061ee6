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

/**
 * Registers sinks, relays to each what waits for it, and measures how much that is.
 * @returns how to stop, one relay after the other
 */
export async function startRelays(
  dependencies: { database: Database; logger: Logger; metrics: Metrics },
  sinks: readonly Sink[],
): Promise<{ stop: () => Promise<void> }> {
  await registerSinks(dependencies.database, sinks);
  measureOutbox(dependencies.metrics, dependencies.database);
  const relays = sinks.map((sink) => relayEvents(dependencies, sink));
  return {
    stop: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
    },
  };
}
