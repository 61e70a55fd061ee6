import { id, text, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { maxUnits, units } from '../shapes.ts';

const reason = text(200);

export const adjustment = z.union([
  z.strictObject({
    delta: z
      .int()
      .min(-maxUnits)
      .max(maxUnits)
      .refine((delta) => delta !== 0, 'must not be 0'),
    reason,
  }),
  z.strictObject({ setTo: units, expectedOnHand: units, reason }),
]);

export const inventory = z
  .object({ productId: id, available: z.int(), onHand: z.int().optional(), reserved: z.int().optional() })
  .meta({ id: 'Inventory', description: 'onHand and reserved are shown to the owner and to admins' });

export const ledgerEntry = z
  .object({
    id,
    kind: z.enum(['initial', 'adjustment', 'hold', 'release', 'commit', 'return']),
    onHandDelta: z.int(),
    reservedDelta: z.int(),
    reason: z.string().nullable(),
    orderId: id.nullable(),
    createdAt: time,
  })
  .meta({ id: 'LedgerEntry' });

export const ledgerPage = pageOf(ledgerEntry);
export const ledgerQuery = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
