import { id, money, text, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { countries } from './countries.ts';
import { orderStatuses } from './order.model.ts';

const addressFields = {
  name: text(200),
  line1: text(200),
  line2: text(200).exactOptional(),
  city: text(200),
  region: text(200).exactOptional(),
  postalCode: text(20).exactOptional(),
  country: z.string().refine((code) => countries.has(code), 'is not an ISO 3166 alpha-2 code'),
  phone: text(30).exactOptional(),
};
const address = z.strictObject(addressFields).meta({ id: 'Address' });
const line = z.strictObject({
  productId: id,
  quantity: z.int().min(1).max(100_000),
  expectedUnitPrice: money
    .exactOptional()
    .meta({ description: 'The order is refused when the price is another by now' }),
});

export const newOrder = z.strictObject({
  items: z.array(line).min(1).max(1000),
  shipTo: address,
  billTo: address.optional(),
  note: text(2000).optional(),
});

export const order = z
  .object({
    id,
    buyerId: id,
    status: z.enum(orderStatuses),
    items: z.array(
      z.object({
        productId: id,
        name: z.string().nullable(),
        quantity: z.int(),
        unitPrice: money.nullable(),
        lineTotal: money.nullable(),
      }),
    ),
    total: money.nullable(),
    shipTo: address,
    billTo: address.nullable(),
    note: z.string().nullable(),
    rejection: z
      .object({
        code: z.string(),
        detail: z.string(),
        short: z.array(z.object({ productId: id, requested: z.int(), available: z.int() })).nullable(),
      })
      .nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Order', description: 'Names, prices and total are null until the stock is held' });

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
