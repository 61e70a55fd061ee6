import { id, money } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

export const refundId = z.strictObject({ refundId: id });
export const refundRequest = z.strictObject({ chargeId: id, amount: money });

export const refundOutcome = z.object({
  status: z.enum(['refunded', 'declined']),
  declineCode: z.string().nullable(),
});
