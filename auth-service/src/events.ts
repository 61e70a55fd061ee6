import { type EventStream, eventsOf } from '@tradepost/events/declare-events.ts';
import { id } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const gone = ' when the person has deleted their account before it was told';
const displayName = z.string().nullable();

/** What auth-service tells others about people: ids, and of what is personal only what has changed. */
export const customers = {
  source: '/auth-service/customers',
  topic: 'tradepost.customers',
  types: {
    'customer.created': z.object({
      customerId: id,
      email: z
        .string()
        .optional()
        .meta({ description: `Left out${gone}` }),
      displayName: displayName.optional(),
    }),
    'customer.changed': z.object({
      customerId: id,
      changedFields: z.array(z.string()),
      displayName: displayName.optional(),
      tokensValidAfter: z.int().optional().meta({
        description:
          'Seconds since 1970. Present when the account was disabled or lost a role: its access tokens count only with a later iat',
      }),
    }),
    'customer.deleted': z
      .object({ customerId: id })
      .meta({ description: 'Whoever keeps anything of this person forgets it' }),
  },
} as const satisfies EventStream;

/** Sellers as their public page shows them; a seller's id is the customer's, so that both keep one order. */
export const sellers = {
  source: '/auth-service/sellers',
  topic: customers.topic,
  types: {
    'seller.created': z.object({ sellerId: id, displayName: displayName.optional() }),
    'seller.changed': z.object({
      sellerId: id,
      changedFields: z.array(z.string()),
      displayName: displayName.optional(),
    }),
  },
} as const satisfies EventStream;

/** What is personal in the data of all these events. */
export const personalFields = ['email', 'displayName'] as const;

export const customerEvent = eventsOf(customers);
export const sellerEvent = eventsOf(sellers);
export const streams: readonly EventStream[] = [customers, sellers];
