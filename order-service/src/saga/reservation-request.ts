import type { ReservationRequest } from '../clients/product-client.ts';
import type { PlacedOrder } from '../orders/orders.queries.ts';

/** How long after the payment window product-service asks about a hold that is still there. */
const reviewAfterMs = 5 * 60_000;

/** The payment window begins with the hold: the review lies behind a window that begins when this is sent. */
export function toReservationRequest({ order, items }: PlacedOrder, sentAt: Date): ReservationRequest {
  const windowMs = order.paymentDueAt.getTime() - order.createdAt.getTime();
  return {
    orderId: order.id,
    buyerId: order.buyerId,
    reviewAt: new Date(sentAt.getTime() + windowMs + reviewAfterMs).toISOString(),
    items: items.map(({ productId, quantity, expectedAmount: amount, expectedCurrency: currency }) => ({
      productId,
      quantity,
      ...(amount !== null &&
        currency !== null && { expectedUnitPrice: { amount: Number(amount), currency } }),
    })),
  };
}
