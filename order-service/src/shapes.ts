import { id, money, text, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';
import { countries } from './orders/countries.ts';
import { orderStatuses } from './orders/order.model.ts';

/** How a buyer pays. */
export const paymentMeans = z.strictObject({
  method: z.literal('card'),
  token: text(255).meta({ description: "The provider's token for what is to be charged" }),
});

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
export const address = z.strictObject(addressFields).meta({ id: 'Address' });

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
