import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { ChargeOutcome } from '../clients/payment-client.ts';
import { moveOrder } from '../orders/move-order.ts';
import type { Order, OrderStatus } from '../orders/order.model.ts';
import { lockOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { Step } from '../saga/step.ts';
import type { Payment } from './payment.model.ts';
import { countAttempts, maxAttempts } from './payments.queries.ts';
import { recordAttempt } from './record-attempt.ts';
import { recordRefund } from '../refunds/record-refund.ts';

export interface Noted {
  /** `failed`: the provider has nothing, and will not take it any more. */
  outcome: ChargeOutcome | { status: 'failed' };
  /** How often the charge was sent since the last time something was noted. */
  sends: number;
}

/** Where the order goes. A cancel that came while it was being paid is remembered until here. */
function decide(
  { cancelReason }: Order,
  outcome: Noted['outcome'],
  attempts: number,
): { to: OrderStatus; next: Step } {
  if (outcome.status === 'captured')
    return { to: cancelReason === null ? 'paid' : 'refunding', next: 'commit' };
  if (cancelReason !== null) return { to: 'cancelled', next: 'release' };
  if (outcome.status === 'failed' || attempts >= maxAttempts)
    return { to: 'payment_failed', next: 'release' };
  return { to: 'awaiting_payment', next: 'expire' };
}

/** Notes what came of a payment and moves its order; undefined when somebody else has noted it before. */
export async function noteCharge(
  database: Database,
  tx: Transaction,
  { payment, outcome, sends }: Noted & { payment: Payment },
): Promise<Step | undefined> {
  const { id: paymentId, orderId } = payment;
  // The order first, as whoever cancels or pays takes it: then a cancel comes either before this, or after.
  const order = await lockOrder(orderId, tx);
  const declineCode = outcome.status === 'declined' ? outcome.declineCode : null;
  const rested = await database.change(
    `UPDATE payments
        SET status = :status, decline_code = :declineCode, version = version + 1, attempts = GREATEST(attempts + :sends, IF(:status = 'failed', 0, 1)), token = NULL,
            live_order_id = IF(:status = 'captured', order_id, NULL)
      WHERE id = :paymentId AND status = 'processing'`,
    { paymentId, status: outcome.status, declineCode, sends },
    tx,
  );
  if (rested === 0) return undefined;
  await recordAttempt(database, tx, paymentId);
  const { to, next } = decide(order, outcome, await countAttempts(orderId, tx));
  await moveOrder(database, tx, { orderId, from: ['paying'], to });
  if (to === 'refunding') {
    const reason = order.cancelReason ?? '';
    await recordRefund(database, tx, { orderId, amountMinor: payment.amountMinor, reason, sellerId: null });
  }
  await scheduleStep(database, { orderId, next }, tx);
  return next;
}
