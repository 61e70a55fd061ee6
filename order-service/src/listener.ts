import type { Listener } from '@tradepost/events/receive-events.ts';
import { noteRevocation } from '@tradepost/revocations/note-revocation.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Config } from './config.ts';
import { forgetCustomer } from './customers/forget-customer.ts';
import { redactForgotten } from './customers/redact-forgotten.ts';
import { storeCustomer } from './customers/store-customer.ts';
import { queueDeliveries } from './webhook-deliveries/queue-deliveries.ts';

/** What order-service does with events, its own included. Webhooks get them when EVENT_SINKS names `webhook`. */
export function listenWith(
  dependencies: { database: Database },
  { EVENT_SINKS }: Pick<Config, 'EVENT_SINKS'>,
): Listener {
  return {
    handlers: {
      'customer.created': (tx, event) => storeCustomer(dependencies, tx, event),
      'customer.changed': async (tx, event) => {
        await noteRevocation(dependencies, tx, event);
        await storeCustomer(dependencies, tx, event);
      },
      'customer.deleted': async (tx, event) => {
        await noteRevocation(dependencies, tx, event);
        await forgetCustomer(dependencies, tx, event);
      },
    },
    ...(EVENT_SINKS.includes('webhook') && {
      every: async (tx, events) =>
        queueDeliveries(dependencies, tx, await redactForgotten(dependencies, tx, events)),
    }),
  };
}
