import { type EventStream, eventsOf, type NewEvent } from '@tradepost/events/declare-events.ts';
import { id, money } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';
import { type OrderStatus, orderStatuses } from './orders/order.model.ts';

const order = z.object({
  orderId: id,
  buyerId: id,
  status: z.enum(orderStatuses),
  total: money.nullable().meta({ description: 'null until the stock is held' }),
});

/** Each move of an order is one event. */
export const orders = {
  source: '/order-service/orders',
  topic: 'tradepost.orders',
  types: {
    'order.created': order,
    'order.awaiting_payment': order,
    'order.paying': order,
    'order.paid': order,
    'order.rejected': order,
    'order.cancelled': order,
    'order.payment_failed': order,
    'order.refunding': order,
    'order.refunded': order,
  },
} as const satisfies EventStream;

/** Each attempt of a payment that came to an end, whichever; in order with the events of its order. */
export const payments = {
  source: '/order-service/payments',
  topic: 'tradepost.orders',
  types: {
    'payment.attempted': z.object({
      paymentId: id,
      orderId: id,
      amount: money,
      status: z
        .string()
        .meta({ description: 'processing: the attempt failed softly, and another one follows' }),
      declineCode: z.string().nullable(),
      attempts: z.int(),
    }),
  },
} as const satisfies EventStream;

/** The event of an order that has come to a status. Shipped and delivered join with the shipments. */
export function typeOf(status: OrderStatus): keyof typeof orders.types {
  return (status === 'pending' ? 'order.created' : `order.${status}`) as keyof typeof orders.types;
}

export const orderEvent = eventsOf(orders);
export const paymentEvent = eventsOf(payments);
export const streams: readonly EventStream[] = [orders, payments];

/** An order after a move. */
export interface MovedOrder {
  orderId: string;
  buyerId: string;
  version: number;
  status: OrderStatus;
  totalMinor: number | string | null;
  currency: string | null;
}

/** The event of an order that has come to a status. */
export function toMoveEvent({
  orderId,
  buyerId,
  version,
  status,
  totalMinor,
  currency,
}: MovedOrder): NewEvent {
  const total = totalMinor === null || currency === null ? null : { amount: Number(totalMinor), currency };
  const data = { orderId, buyerId, status, total };
  return orderEvent({ type: typeOf(status), subject: orderId, sequence: version, data });
}
