import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { recordRefund } from '../refunds/record-refund.ts';
import { advanceOrder } from '../saga/advance-order.ts';
import { awaitOutcome } from '../saga/await-outcome.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { ActiveStep, SagaDependencies } from '../saga/step.ts';
import { moveOrder } from './move-order.ts';
import type { Order } from './order.model.ts';
import { illegalTransition } from './orders.errors.ts';
import { findOwnOrder, honourMatch, lockOrder, type PlacedOrder } from './orders.queries.ts';

interface CancelOrder {
  orderId: string;
  caller: Caller;
  reason: string;
  ifMatch: EntityTags | undefined;
}

interface Wish {
  /** Locked until the transaction ends. */
  order: Order;
  reason: string;
}

/** Nothing was paid: the order is over, and whatever step it was at, its release is the next. */
async function end(database: Database, tx: Transaction, { order, reason }: Wish): Promise<ActiveStep> {
  const orderId = order.id;
  const set = { cancel_reason: reason };
  const from = ['pending', 'awaiting_payment'] as const;
  await moveOrder(database, tx, { orderId, from, to: 'cancelled', set });
  await scheduleStep(database, { orderId, next: 'release' }, tx);
  return 'release';
}

/** A charge is open: whoever notes its outcome finds the wish, and cancels or refunds. */
async function remember(database: Database, tx: Transaction, { order, reason }: Wish): Promise<undefined> {
  await database.change(
    `UPDATE orders SET cancel_reason = COALESCE(cancel_reason, :reason), updated_at = updated_at WHERE id = :orderId`,
    { orderId: order.id, reason },
    tx,
  );
}

/** The money is there: all that was not given back yet goes back, by way of the commit, and then the goods return. */
async function giveBack(database: Database, tx: Transaction, { order, reason }: Wish): Promise<ActiveStep> {
  const { id: orderId, totalMinor, refundedMinor } = order;
  const set = { cancel_reason: reason };
  await moveOrder(database, tx, { orderId, from: ['paid', 'partially_shipped'], to: 'refunding', set });
  const amountMinor = Number(totalMinor) - Number(refundedMinor);
  await recordRefund(database, tx, { orderId, amountMinor, reason, sellerId: null });
  await scheduleStep(database, { orderId, next: 'commit' }, tx);
  return 'commit';
}

/** How an order is cancelled, by its status; any other cannot be. */
const ways = {
  pending: end,
  awaiting_payment: end,
  paying: remember,
  paid: giveBack,
  partially_shipped: giveBack,
} as const;

/** Cancels an order: frees its stock, or gives the money back, or remembers the wish until an open charge is decided. */
export async function cancelOrder(
  dependencies: SagaDependencies,
  { orderId, caller, reason, ifMatch }: CancelOrder,
): Promise<PlacedOrder> {
  const { database } = dependencies;
  await findOwnOrder(orderId, caller);
  const step = await database.transaction(async (tx) => {
    // Locked, so that a cancel comes either before a payment is noted, or after.
    const order = await lockOrder(orderId, tx);
    await honourMatch(ifMatch, { order, caller }, tx);
    if (order.status in ways) return ways[order.status as keyof typeof ways](database, tx, { order, reason });
    // Asked again, a cancel that was heard is heard again.
    if (order.status === 'cancelled' || order.cancelReason !== null) return undefined;
    throw illegalTransition(`An order that is ${order.status} cannot be cancelled.`);
  });
  if (step === 'release') await awaitOutcome(advanceOrder(dependencies, { orderId, step }));
  const asked = await findOwnOrder(orderId, caller);
  // Nobody waits for the money: it is on its way back, and that is the answer.
  if (step === 'commit') void advanceOrder(dependencies, { orderId, step });
  return asked;
}
