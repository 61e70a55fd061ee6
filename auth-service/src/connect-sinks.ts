import { httpSink } from '@tradepost/events/http-sink.ts';
import { openSinks } from '@tradepost/events/open-sinks.ts';
import type { Sink } from '@tradepost/events/sink.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import type { Config } from './config.ts';
import { streams } from './events.ts';

/** Where the events go: order-service keeps customers and serves the webhooks, product-service has what sellers leave behind. */
export function connectSinks(config: Config, clock: Clock): Promise<Sink[]> {
  const sender = { from: 'auth-service', serviceKeyFile: config.SERVICE_KEY_FILE, clock };
  const listeners = [
    httpSink({ ...sender, to: 'order-service', urls: config.ORDER_SERVICE_URL }),
    httpSink({ ...sender, to: 'product-service', urls: config.PRODUCT_SERVICE_URL }),
  ];
  return openSinks(config, { streams, listeners });
}
