import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { wantedTypes } from '../event-types/type-filter.ts';

const wantedType = z.enum(wantedTypes, {
  error: ({ input }) =>
    typeof input === 'string'
      ? `is not the type of an event; the nearest is ${closest(input, wantedTypes)}`
      : 'must be the type of an event',
});

export const webhookFields = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  types: z
    .array(wantedType)
    .min(1)
    .max(50)
    .superRefine((types, context) => {
      for (const [index, type] of types.entries())
        if (types.indexOf(type) < index)
          context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already' });
    })
    .nullable()
    .default(null)
    .meta({
      description:
        'Which events it gets, each entry once: a type, all types of a kind (`order.*`), or all (`*`). All when left out',
      examples: [['order.paid', 'product.*']],
    }),
});

const shown = {
  id,
  url: z.string(),
  types: z.array(z.string()).nullable(),
  status: z.enum(['active', 'failing', 'disabled']),
  version: z.int(),
  createdAt: time,
};
export const webhook = z.object(shown).meta({ id: 'Webhook' });
export const webhookWithSecret = z
  .object({
    ...shown,
    secret: z.string().meta({ description: 'Shown this once; verify signatures with it' }),
  })
  .meta({ id: 'WebhookWithSecret' });
export const webhookPage = pageOf(webhook);
export const webhookFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
