import { redactEvents } from '@tradepost/events/redact-events.ts';
import type { Listener } from '@tradepost/events/receive-events.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { noteRevocation } from '@tradepost/revocations/note-revocation.ts';
import { withdrawProducts } from './products/withdraw-products.ts';

export const listenedTopics = ['tradepost.customers'];

/** What is personal in events about people: one that was set aside here holds it, nothing else does. */
const personalFields = ['email', 'displayName'];

/** What product-service does with events: it refuses tokens that lost a right, and withdraws the products of deleted accounts. */
export function listenWith(dependencies: { database: Database }): Listener {
  return {
    handlers: {
      'customer.changed': (tx, event) => noteRevocation(dependencies, tx, event),
      'customer.deleted': async (tx, event) => {
        await noteRevocation(dependencies, tx, event);
        await withdrawProducts(dependencies, tx, event);
        await redactEvents(dependencies.database, tx, { subject: event.subject, fields: personalFields });
      },
    },
  };
}
