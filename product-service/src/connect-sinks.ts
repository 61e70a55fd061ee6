import { httpSink } from '@tradepost/events/http-sink.ts';
import { openSinks } from '@tradepost/events/open-sinks.ts';
import type { Sink } from '@tradepost/events/sink.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import type { Config } from './config.ts';
import { streams } from './events.ts';

/** Where the events of this service go: order-service keeps customers, and serves the webhooks. */
export function connectSinks(config: Config, clock: Clock): Promise<Sink[]> {
  const { ORDER_SERVICE_URL: urls, SERVICE_KEY_FILE: serviceKeyFile } = config;
  const orderService = httpSink({
    from: 'product-service',
    to: 'order-service',
    urls,
    serviceKeyFile,
    clock,
  });
  return openSinks(config, { streams, listeners: [orderService] });
}
