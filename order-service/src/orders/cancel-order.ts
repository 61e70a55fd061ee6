import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { type EntityTags, requireMatch, staleVersion } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import type { ProductClient } from '../clients/product-client.ts';
import { releaseOrder } from '../saga/release-order.ts';
import { leaseSeconds } from '../saga/lease.ts';
import { moveOrder } from './move-order.ts';
import { illegalTransition } from './orders.errors.ts';
import { findOwnOrder, type PlacedOrder, viewOrder } from './orders.queries.ts';

const cancellable = ['pending', 'awaiting_payment'] as const;

interface CancelOrder {
  orderId: string;
  caller: Caller;
  reason: string;
  ifMatch: EntityTags | undefined;
}

/** Whatever step the order was at, its release is the next; this request has the lease of it. */
async function scheduleRelease(database: Database, tx: Transaction, orderId: string): Promise<void> {
  await database.change(
    `UPDATE order_sagas SET step = 'release', claimed_by = NULL, attempts = 0, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
      WHERE order_id = :orderId`,
    { orderId, leaseSeconds },
    tx,
  );
}

/** The order is in a state that cannot be left this way, or it changed since its sender looked. */
function refuse(before: PlacedOrder, after: PlacedOrder, ifMatch: EntityTags | undefined): never {
  if (ifMatch !== undefined && before.order.version !== after.order.version) {
    throw staleVersion(ifMatch, after.order, viewOrder(after));
  }
  throw illegalTransition(`An order that is ${after.order.status} cannot be cancelled.`);
}

/** Cancels an order that nobody has paid and frees its stock; what product-service cannot do now follows later. */
export async function cancelOrder(
  { database, products }: { database: Database; products: ProductClient },
  { orderId, caller, reason, ifMatch }: CancelOrder,
): Promise<PlacedOrder> {
  const before = await findOwnOrder(orderId, caller);
  if (ifMatch !== undefined) requireMatch(ifMatch, before.order, () => viewOrder(before));
  const cancelled = await database.transaction(async (tx) => {
    const move = { orderId, from: cancellable, to: 'cancelled', set: { cancel_reason: reason } } as const;
    const moved = await moveOrder(database, tx, {
      ...move,
      ...(ifMatch && ifMatch !== '*' && { version: before.order.version }),
    });
    if (moved) await scheduleRelease(database, tx, orderId);
    return moved;
  });
  if (cancelled) await releaseOrder({ database, products }, { orderId }).catch(leaveToLater);
  const after = await findOwnOrder(orderId, caller);
  if (after.order.status !== 'cancelled') refuse(before, after, ifMatch);
  return after;
}

/** The step stays due: any replica will do it when the lease ends. */
function leaveToLater(error: unknown): void {
  if (!(error instanceof UpstreamUnavailable)) throw error;
}
