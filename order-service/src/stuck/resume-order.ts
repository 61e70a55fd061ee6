import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import {
  findOwnOrder,
  getOrder,
  honourMatch,
  lockOrder,
  type PlacedOrder,
} from '../orders/orders.queries.ts';

/** Makes the step of an order due at once, as if it had never been put off: a worker does it within a second. */
export async function resumeOrder(
  { database }: { database: Database },
  { orderId, caller, ifMatch }: { orderId: string; caller: Caller; ifMatch: EntityTags | undefined },
): Promise<PlacedOrder> {
  await findOwnOrder(orderId, caller);
  return database.transaction(async (tx) => {
    const order = await lockOrder(orderId, tx);
    await honourMatch(ifMatch, { order, caller }, tx);
    // What waits for the buyer goes on waiting.
    await database.change(
      `UPDATE order_sagas SET due_at = NOW(3), attempts = 0
        WHERE order_id = :orderId AND due_at IS NOT NULL AND step <> 'expire'`,
      { orderId },
      tx,
    );
    return getOrder(orderId, tx);
  });
}
