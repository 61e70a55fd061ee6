import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

const type = z.string().regex(/^[a-z]+\.[a-z_]+$/, 'must be the type of an event');

export const webhookFields = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  types: z
    .array(type)
    .min(1)
    .max(50)
    .nullable()
    .default(null)
    .meta({ description: 'Which events it gets; all when left out' }),
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
