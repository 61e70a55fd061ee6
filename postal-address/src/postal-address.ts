import { text } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';
import { countries } from './countries.ts';
import { phone } from './phone-number.ts';

/** Where something is to be sent, and to whom. What a country does not have is left out. */
export const postalAddress = z
  .strictObject({
    name: text(200),
    line1: text(200),
    line2: text(200).exactOptional(),
    city: text(200),
    region: text(200).exactOptional(),
    postalCode: text(20).exactOptional(),
    country: z.string().refine((code) => countries.has(code), 'is not an ISO 3166 alpha-2 code'),
    phone: phone.exactOptional(),
  })
  .meta({ id: 'Address' });

export type PostalAddress = z.output<typeof postalAddress>;
