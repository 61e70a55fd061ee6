import { postalAddress } from '@tradepost/postal-address/postal-address.ts';
import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

export const keptAddress = postalAddress
  .extend({ id, version: z.int(), createdAt: time, updatedAt: time })
  .meta({ id: 'KeptAddress' });

export const addressPage = pageOf(keptAddress);
export const addressFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
