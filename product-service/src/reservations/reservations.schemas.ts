import { id, money, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const quantity = z.int().min(1).max(100_000);
const lines = z
  .array(z.strictObject({ productId: id, quantity, expectedUnitPrice: money.optional() }))
  .min(1)
  .max(1000);

export const orderId = z.strictObject({ orderId: id });
export const reservationRequest = z.strictObject({ buyerId: id, items: lines, reviewAt: time });
export const returnRequest = z.strictObject({
  returnId: id,
  items: z
    .array(z.strictObject({ productId: id, quantity }))
    .min(1)
    .max(1000),
});

export const reservation = z.object({
  orderId: id,
  status: z.enum(['held', 'committed', 'released']),
  items: z.array(
    z.object({ productId: id, sellerId: id, name: z.string(), quantity: z.int(), unitPrice: money }),
  ),
});
