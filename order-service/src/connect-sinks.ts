import { inboxSink } from '@tradepost/events/inbox-sink.ts';
import { openSinks } from '@tradepost/events/open-sinks.ts';
import type { InboxDependencies } from '@tradepost/events/receive-events.ts';
import type { Sink } from '@tradepost/events/sink.ts';
import type { Config } from './config.ts';
import { streams } from './events.ts';

/** Where the events of this service go: it listens to its own, too. */
export function connectSinks(config: Config, inbox: InboxDependencies): Promise<Sink[]> {
  return openSinks(config, { streams, listeners: [inboxSink('http:order-service', inbox)] });
}
