import { id, wholeNumber } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

export const findings = z.object({
  findings: z.array(
    z.object({
      invariant: z.int(),
      says: z.string(),
      checked: z.int(),
      breaches: z.int(),
      ids: z.array(z.string()).meta({ description: 'The first 20' }),
    }),
  ),
});

const idList = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(id).min(1).max(100));

export const reservationFilter = z.strictObject({
  after: id.optional(),
  limit: wholeNumber(1, 1000).default(1000),
  orderIds: idList.optional(),
});

export const auditedReservations = z.object({
  items: z.array(
    z.object({ orderId: id, status: z.enum(['held', 'committed', 'released']), isTombstone: z.boolean() }),
  ),
  nextCursor: id.nullable().meta({ description: '`after` of the next page' }),
});
