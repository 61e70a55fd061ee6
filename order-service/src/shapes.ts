import { postalAddress } from '@tradepost/postal-address/postal-address.ts';
import { id, money, text, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';
import { orderStatuses } from './orders/order.model.ts';

/** How a buyer pays. */
export const paymentMeans = z.strictObject({
  method: z.literal('card'),
  token: text(255).meta({ description: "The provider's token for what is to be charged" }),
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
    shipTo: postalAddress,
    billTo: postalAddress.nullable(),
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
