import { inboxSink } from '@tradepost/events/inbox-sink.ts';
import { lookOftenMs, namesOfSinks, openSinks, startRelays } from '@tradepost/events/open-sinks.ts';
import type { InboxDependencies } from '@tradepost/events/receive-events.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';
import type { Config } from './config.ts';
import { streams } from './events.ts';

type RelayDependencies = InboxDependencies & { metrics: Metrics };
interface Relaying {
  stop: () => Promise<void>;
}

/** The service listens to its own events. */
const ownSink = (inbox: InboxDependencies) => inboxSink('http:order-service', inbox);

/**
 * Relays the events that order-service records. With Kafka only the worker relays, because the client of Kafka takes as
 * long to load as the rest of a service.
 */
export async function relayFromService(config: Config, dependencies: RelayDependencies): Promise<Relaying> {
  const own = ownSink(dependencies);
  if (!config.EVENT_SINKS.includes('kafka')) return startRelays(dependencies, [own]);
  await registerSinks(dependencies.database, namesOfSinks(config, [own]));
  return { stop: () => Promise.resolve() };
}

/** Relays the events that the worker records, and those that a replica of order-service left. */
export async function relayFromWorker(config: Config, dependencies: RelayDependencies): Promise<Relaying> {
  const sinks = await openSinks(config, { streams, listeners: [ownSink(dependencies)] });
  const isOnlyRelay = config.EVENT_SINKS.includes('kafka');
  return startRelays(dependencies, sinks, isOnlyRelay ? lookOftenMs : undefined);
}
