import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { OrderStatus } from '../orders/order.model.ts';
import { listMoves, viewMove } from './timeline.queries.ts';

const lookEveryMs = 500;
/** Nginx gives up on an answer that says nothing for 15 s. */
const quietLooks = 20;
/** Nobody follows for ever: a reader that is still there comes back with the id of its last event. */
const looks = 1_200;
const final: readonly OrderStatus[] = ['rejected', 'cancelled', 'payment_failed', 'delivered', 'refunded'];

/** Tells the moves of an order as server-sent events, those that were and those to come, until it is at its end. */
export async function* followOrder(
  { database }: { database: Database },
  { orderId, after }: { orderId: string; after: number },
): AsyncGenerator<string> {
  let seen = after;
  for (let look = 1; look <= looks; look += 1) {
    // From the last one that the reader has: it may have been the last of all.
    for (const move of await listMoves({ database }, { orderId, after: seen - 1, limit: 100 })) {
      if (move.version > seen)
        yield `id: ${move.version}\nevent: status\ndata: ${JSON.stringify(viewMove(move))}\n\n`;
      if (final.includes(move.status)) return;
      seen = move.version;
    }
    // At each look, because here it ends when the reader has left.
    yield look % quietLooks === 0 ? ': still here\n\n' : '';
    await sleep(lookEveryMs, undefined, { ref: false });
  }
}
