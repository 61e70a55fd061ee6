import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { claimKey, type Once } from '@tradepost/service-kit/idempotency.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { Money } from '../clients/payment-client.ts';
import { moveOrder } from '../orders/move-order.ts';
import type { OrderStatus } from '../orders/order.model.ts';
import { illegalTransition } from '../orders/orders.errors.ts';
import { honourMatch, lockOrder } from '../orders/orders.queries.ts';
import { advanceOrder } from '../saga/advance-order.ts';
import { awaitOutcome } from '../saga/await-outcome.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { exceedsCaptured } from './refunds.errors.ts';
import { recordRefund } from './record-refund.ts';
import type { Refund } from './refund.model.ts';
import { findRefundable, getRefund, sumRefunds } from './refunds.queries.ts';

interface RefundOrder {
  orderId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
  amount: Money;
  reason: string;
  once: Once<Refund>;
}

interface Booking extends Omit<RefundOrder, 'once'> {
  refundId: string;
  /** What the caller's own lines came to; null for an admin, who may give back all. */
  sellersMinor: number | null;
}

/** In these the money is there, and some of it may go back. */
const refundable: readonly OrderStatus[] = ['paid', 'partially_shipped', 'shipped', 'delivered'];

/** Under the lock of the order, so that two refunds of one seller see each other. */
async function refuseBeyondOwnLines(
  tx: Transaction,
  refund: Booking & { sellersMinor: number },
): Promise<void> {
  const { orderId, caller, amount, sellersMinor } = refund;
  const before = await sumRefunds(orderId, caller.id, tx);
  if (before + amount.amount > sellersMinor)
    throw exceedsCaptured('Refund at most the total of your own lines.');
}

/** Books a refund under the lock of its order: whoever pays, cancels or refunds it comes before this, or after. */
async function book(database: Database, tx: Transaction, booking: Booking): Promise<void> {
  const { orderId, caller, ifMatch, amount, reason, sellersMinor, refundId } = booking;
  const order = await lockOrder(orderId, tx);
  await honourMatch(ifMatch, { order, caller }, tx);
  if (!refundable.includes(order.status))
    throw illegalTransition(`An order that is ${order.status} has nothing to refund.`);
  if (amount.currency !== order.currency)
    throw exceedsCaptured(`Nothing was captured in ${amount.currency}.`);
  const { amount: amountMinor } = amount;
  const sellerId = sellersMinor === null ? null : caller.id;
  if (sellersMinor !== null) await refuseBeyondOwnLines(tx, { ...booking, sellersMinor });
  await recordRefund(database, tx, { orderId, amountMinor, reason, sellerId, refundId });
  if (Number(order.refundedMinor) + amountMinor === Number(order.totalMinor))
    await moveOrder(database, tx, { orderId, from: ['paid', 'partially_shipped'], to: 'refunding' });
  // By way of the commit, whether it was made already or not: what comes back must have been sold.
  await scheduleStep(database, { orderId, next: 'commit' }, tx);
}

/** Refunds a part or all of a paid order: books it, has the provider give the money back, and keeps the answer. */
export async function refundOrder(dependencies: SagaDependencies, request: RefundOrder): Promise<void> {
  const { database } = dependencies;
  const { orderId, once } = request;
  const refundId = uuidv7();
  await database.transaction(async (tx) => {
    await claimKey(database, tx, { request: once.request, resourceId: refundId });
    const { sellersMinor } = await findRefundable(orderId, request.caller, tx);
    await book(database, tx, { ...request, sellersMinor, refundId });
  });
  await awaitOutcome(advanceOrder(dependencies, { orderId, step: 'commit' }));
  await once.keep(await getRefund(refundId));
}
