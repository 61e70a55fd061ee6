import { id, money, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { paymentStatuses } from './payment.model.ts';

export const payment = z
  .object({
    id,
    orderId: id,
    amount: money,
    status: z.enum(['created', ...paymentStatuses]),
    declineCode: z.string().nullable(),
    attempts: z.int(),
    createdAt: time,
  })
  .meta({ id: 'Payment', description: 'processing and created are open; the others rest' });

export const paymentPage = pageOf(payment);
export const paymentFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
