import { id, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';

const session = z
  .object({
    id,
    isCurrent: z.boolean().meta({ description: 'Whether the token that asks belongs to it' }),
    createdAt: time,
    refreshedAt: time,
    expiresAt: time.meta({ description: 'Unless it is refreshed before' }),
    version: z.int(),
  })
  .meta({ id: 'Session' });

export const sessionPage = pageOf(session);
export const sessionFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(id) });
