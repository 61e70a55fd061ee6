import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { orderStatuses } from '../orders/order.model.ts';

export const stuckOrder = z
  .object({
    orderId: id,
    status: z.enum(orderStatuses),
    step: z.string().meta({ description: 'What is to be done next' }),
    attempts: z.int(),
    dueAt: time,
    lastError: z.string().nullable().meta({ description: 'Why the step was put off the last time' }),
  })
  .meta({ id: 'StuckOrder' });

export const stuckPage = pageOf(stuckOrder);
export const stuckFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
