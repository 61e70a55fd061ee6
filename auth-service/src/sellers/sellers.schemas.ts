import { id, text, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const editable = { displayName: text(200), about: text(2000) };

export const newProfile = z.strictObject({
  displayName: editable.displayName,
  about: editable.about.optional(),
});

export const profileChange = z
  .strictObject({
    displayName: editable.displayName.exactOptional(),
    about: editable.about.nullable().exactOptional(),
  })
  .meta({ description: 'The fields to change' });

export const sellerProfile = z
  .object({
    id: id.meta({ description: "The seller's user id" }),
    displayName: z.string(),
    about: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'SellerProfile' });

export const seller = z
  .object({
    displayName: z.string(),
    about: z.string().nullable(),
    rating: z.number().nullable().meta({ description: 'null until somebody has reviewed a product' }),
    ratingCount: z.int(),
    since: time,
  })
  .meta({ id: 'Seller' });
