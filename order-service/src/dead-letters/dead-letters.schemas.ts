import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

const service = z.enum(['auth-service', 'product-service', 'order-service']);

export const deadLetter = z
  .object({
    id,
    service: service.meta({ description: 'Who holds it' }),
    sink: z.string().nullable().meta({ description: 'Who refused it; null when it could not be applied' }),
    type: z.string(),
    event: z.looseObject({}).meta({ description: 'The CloudEvent' }),
    error: z.string(),
    attempts: z.int(),
    parkedAt: time,
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterPage = pageOf(deadLetter);
export const deadLetterFilter = z.strictObject({
  service: service.optional(),
  limit: limitParameter,
  cursor: cursorParameter(id),
});
