import type { Transaction } from 'sequelize';
import type { Database } from '@tradepost/service-kit/database.ts';
import { moveOrder } from '../orders/move-order.ts';
import { lockOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from '../saga/step.ts';
import { getCapturedPayment } from '../payments/payments.queries.ts';
import { findPendingRefund, hasPendingRefund } from './refunds.queries.ts';
import type { Refund } from './refund.model.ts';

/**
 * Notes that a refund was made, or never will be: then its amount may be refunded again.
 * @throws when an order that has to give everything back is refused it: somebody must look, and the step stays due
 */
async function note(database: Database, refund: Refund, isMade: boolean): Promise<void> {
  const { id, orderId, amountMinor } = refund;
  await database.transaction(async (tx) => {
    const { status } = await lockOrder(orderId, tx);
    if (!isMade && status === 'refunding') throw new Error(`The payment provider refuses refund ${id}.`);
    const noted = await database.change(
      `UPDATE refunds SET status = :status WHERE id = :id AND status = 'pending'`,
      { id, status: isMade ? 'refunded' : 'failed' },
      tx,
    );
    if (noted === 0 || isMade) return;
    await database.change(
      'UPDATE orders SET refunded_minor = refunded_minor - :amountMinor, updated_at = updated_at WHERE id = :orderId',
      { orderId, amountMinor },
      tx,
    );
  });
}

/** What follows once nothing is pending: an order that gives everything back is refunded, and its goods return. */
async function finish(database: Database, tx: Transaction, orderId: string): Promise<Step> {
  const { status } = await lockOrder(orderId, tx);
  if (await hasPendingRefund(orderId, tx)) return 'refund';
  if (status !== 'refunding') return status === 'refunded' ? 'return' : 'nothing';
  await moveOrder(database, tx, { orderId, from: ['refunding'], to: 'refunded' });
  return 'return';
}

/** Has the provider make the oldest pending refund of an order, notes whether it did, and leaves the next to the next step. */
export async function sendRefund(
  { database, payments }: SagaDependencies,
  { orderId }: StepAtWork,
): Promise<Step> {
  const refund = await findPendingRefund(orderId);
  if (refund) {
    const { id: chargeId, currency } = await getCapturedPayment(orderId);
    const amount = { amount: Number(refund.amountMinor), currency };
    const isMade = await payments.refund({ refundId: refund.id, chargeId, amount });
    await note(database, refund, isMade);
  }
  return database.transaction(async (tx) => {
    const next = await finish(database, tx, orderId);
    await scheduleStep(database, { orderId, after: 'refund', next }, tx);
    return next;
  });
}
