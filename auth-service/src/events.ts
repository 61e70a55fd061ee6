import { type EventStream, eventsOf } from '@tradepost/events/declare-events.ts';
import { id } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const displayName = z.string().nullable();

/** What auth-service tells others about people: ids, and of what is personal only what has changed. */
export const customers = {
  source: '/auth-service/customers',
  topic: 'tradepost.customers',
  types: {
    'customer.created': z.object({ customerId: id, email: z.string(), displayName }),
    'customer.changed': z.object({
      customerId: id,
      changedFields: z.array(z.string()),
      displayName: displayName.optional(),
    }),
  },
} as const satisfies EventStream;

export const customerEvent = eventsOf(customers);
export const streams: readonly EventStream[] = [customers];
