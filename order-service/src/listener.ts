import type { Listener } from '@tradepost/events/receive-events.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Config } from './config.ts';
import { forgetCustomer } from './customers/forget-customer.ts';
import { redactForgotten } from './customers/redact-forgotten.ts';
import { storeCustomer } from './customers/store-customer.ts';
import { queueDeliveries } from './webhook-deliveries/queue-deliveries.ts';

/** What order-service does with events, its own among them. Outsiders are told when EVENT_SINKS names them. */
export function listenWith(
  dependencies: { database: Database },
  { EVENT_SINKS }: Pick<Config, 'EVENT_SINKS'>,
): Listener {
  return {
    handlers: {
      'customer.created': (tx, event) => storeCustomer(dependencies, tx, event),
      'customer.changed': (tx, event) => storeCustomer(dependencies, tx, event),
      'customer.deleted': (tx, event) => forgetCustomer(dependencies, tx, event),
    },
    ...(EVENT_SINKS.includes('webhook') && {
      every: async (tx, events) =>
        queueDeliveries(dependencies, tx, await redactForgotten(dependencies, tx, events)),
    }),
  };
}
