import { id, maxAmount, money, text, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { refundStatuses } from './refund.model.ts';

export const newRefund = z.strictObject({
  amount: z.strictObject({ ...money.shape, amount: z.int().min(1).max(maxAmount) }),
  reason: text(200),
});

export const refund = z
  .object({ id, orderId: id, amount: money, status: z.enum(refundStatuses), createdAt: time })
  .meta({ id: 'Refund' });

export const refundPage = pageOf(refund);
export const refundFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
