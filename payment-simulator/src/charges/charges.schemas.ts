import { id, money, text, time, wholeNumber } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

const status = z.enum(['captured', 'declined']);
/** An audit reads all of them: its pages are larger than those of people. */
const limit = wholeNumber(1, 1000)
  .default(100)
  .meta({ override: { default: 100 } });

export const chargeId = z.strictObject({ chargeId: id });
export const chargeRequest = z.strictObject({
  orderId: id,
  amount: money,
  method: z.enum(['card']),
  token: text(255),
});

export const chargeOutcome = z.object({ status, declineCode: z.string().nullable() });

export const chargesQuery = z.strictObject({ limit, cursor: cursorParameter(id) });
export const chargePage = pageOf(
  z.object({
    chargeId: id,
    orderId: id.nullable(),
    status,
    amount: money.nullable(),
    refunded: money.nullable(),
    createdAt: time,
  }),
);
