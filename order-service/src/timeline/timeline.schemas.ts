import { time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { orderStatuses } from '../orders/order.model.ts';

const version = z.int().min(0);

export const move = z
  .object({ status: z.enum(orderStatuses), version, createdAt: time })
  .meta({ id: 'Move', description: 'The version is that of the order, after the move' });

export const movePage = pageOf(move);
export const moveFilter = z.strictObject({ limit: limitParameter, cursor: cursorParameter(version) });
export const moveEvents = z
  .string()
  .meta({ description: 'Server-sent events `status`; the data is a Move, the id its version' });
