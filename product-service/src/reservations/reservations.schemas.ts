import { id, money, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const quantity = z.int().min(1).max(100_000);
const lines = z
  .array(z.strictObject({ productId: id, quantity, expectedUnitPrice: money.optional() }))
  .min(1)
  .max(1000);

export const orderId = z.strictObject({ orderId: id });
export const reservationRequest = z.strictObject({ buyerId: id, items: lines, reviewAt: time });
/** Reservations of several orders in one call, each with the ids of the request that it belongs to. */
export const reservationGroup = z.strictObject({
  reservations: z
    .array(
      reservationRequest.extend({
        orderId: id,
        requestId: z.string().max(128).exactOptional(),
        traceparent: z.string().max(200).exactOptional(),
      }),
    )
    .min(1)
    .max(200),
});
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

/** What each reservation of a group would have answered by itself: its status, and its reservation or problem. */
export const groupAnswers = z.object({
  answers: z.array(
    z.object({ status: z.int(), body: z.union([reservation, z.looseObject({ code: z.string() })]) }),
  ),
});
