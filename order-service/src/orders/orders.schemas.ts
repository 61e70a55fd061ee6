import { postalAddress } from '@tradepost/postal-address/postal-address.ts';
import { id, newMoney, text } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { paymentStatuses } from '../payments/payment.model.ts';
import { order, paymentMeans } from '../shapes.ts';
import { orderStatuses } from './order.model.ts';

const line = z.strictObject({
  productId: id,
  quantity: z.int().min(1).max(100_000),
  expectedUnitPrice: newMoney
    .exactOptional()
    .meta({ description: 'The order is refused when the price is another by now' }),
});

export const newOrder = z.strictObject({
  items: z.array(line).min(1).max(1000),
  shipTo: postalAddress,
  billTo: postalAddress.optional(),
  payment: paymentMeans.optional().meta({ description: 'Is made as soon as the stock is held' }),
  note: text(2000).optional(),
});

export const placedOrder = order
  .extend({
    payment: z
      .object({ id, status: z.enum(paymentStatuses), declineCode: z.string().nullable() })
      .nullable()
      .optional()
      .meta({ description: 'Of an order that came with a payment; null while the order is pending' }),
  })
  .meta({ id: 'PlacedOrder' });

export const orderPage = pageOf(order);
export const cancellation = z.strictObject({ reason: text(200) });
/** A database's DATETIME ends with the year 9999, which a time zone can push beyond. */
const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => !(new Date(value).getUTCFullYear() > 9999), 'must be before the year 10000');

export const orderFilter = z.strictObject({
  status: z.enum(orderStatuses).optional(),
  from: instant.optional().meta({ description: 'Created at this time or later' }),
  to: instant.optional().meta({ description: 'Created before this time' }),
  limit: limitParameter,
  cursor: cursorParameter(id),
});
