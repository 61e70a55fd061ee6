import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

export const delivery = z
  .object({
    id,
    eventId: id,
    type: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    dueAt: time.nullable().meta({ description: 'When it is sent next; null when it rests' }),
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export const deliveryPage = pageOf(delivery);
export const deliveryFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
export const deliveryParameters = z.strictObject({ id, deliveryId: id });
