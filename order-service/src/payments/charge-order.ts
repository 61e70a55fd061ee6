import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import type { ChargeOutcome, PaymentClient } from '../clients/payment-client.ts';
import { crashInside, crashPoint } from '../crash-point.ts';
import { getOrder } from '../orders/orders.queries.ts';
import { backOff } from '../saga/back-off.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from '../saga/step.ts';
import { type Noted, noteCharge } from './note-charge.ts';
import type { Payment } from './payment.model.ts';
import { countAttempts, findOpenPayment, maxAttempts } from './payments.queries.ts';
import { recordAttempt } from './record-attempt.ts';

/** A send without an outcome. */
interface SoftFailure {
  /** Whether the provider gave no answer to it. */
  isUnanswered: boolean;
}

/** Sends a charge. Without an outcome, not even after asking, it may have been taken, or may be yet. */
async function send(payments: PaymentClient, payment: Payment): Promise<ChargeOutcome | SoftFailure> {
  const { id: chargeId, orderId, amountMinor, currency, method, token } = payment;
  const amount = { amount: Number(amountMinor), currency };
  try {
    const sending = payments.charge({ chargeId, orderId, amount, method, token: token ?? '' });
    return await crashInside('charging', sending);
  } catch (error) {
    // What was never sent has used no attempt: the provider being away is not the buyer's fault.
    if (!(error instanceof UpstreamUnavailable) || !error.sent) throw error;
    const outcome = await payments.inquire(chargeId).catch(unknownYet);
    return outcome ?? { isUnanswered: !error.answered };
  }
}

function unknownYet(error: unknown): undefined {
  if (!(error instanceof UpstreamUnavailable)) throw error;
}

/** Nobody will send this charge again, and the provider takes it no more: what it says now is the last word. */
async function giveUp(payments: PaymentClient, payment: Payment): Promise<Noted> {
  const outcome = await payments.inquire(payment.id, { close: true });
  if (outcome?.status === 'captured') return { outcome, sends: 0 };
  return { outcome: { status: 'failed' }, sends: 0 };
}

interface Charging {
  payment: Payment;
  unsent: boolean;
  sendBy: number;
}

/** What came of the charge. After a soft failure it is sent again, after a pause. */
async function settle(
  { payments }: SagaDependencies,
  { payment, unsent, sendBy }: Charging,
): Promise<Noted | SoftFailure> {
  const known = unsent ? undefined : await payments.inquire(payment.id);
  if (known) return { outcome: known, sends: 0 };
  const { order } = await getOrder(payment.orderId);
  if (order.cancelReason !== null || (await countAttempts(order.id)) >= maxAttempts)
    return giveUp(payments, payment);
  // A charge that is still on its way when the lease ends could be sent a second time by another worker.
  if (performance.now() > sendBy) throw new Error('The lease ends too soon to send the charge.');
  const sent = await send(payments, payment);
  return 'isUnanswered' in sent ? sent : { outcome: sent, sends: 1 };
}

/**
 * Charges the open payment of an order and notes the outcome. Asks the provider before it sends what may have been sent
 * before; a charge that failed softly is sent again, at most five times in the life of an order.
 */
export async function chargeOrder(
  dependencies: SagaDependencies,
  { orderId, unsent = false, sendBy = Infinity }: StepAtWork,
): Promise<Step | undefined> {
  const { database } = dependencies;
  const payment = await findOpenPayment(orderId);
  if (!payment) return undefined;
  const settled = await settle(dependencies, { payment, unsent, sendBy });
  crashPoint('charged');
  if ('isUnanswered' in settled) {
    await putOff(dependencies, payment, settled);
    return undefined;
  }
  const next = await database.transaction((tx) => noteCharge(database, tx, { payment, ...settled }));
  crashPoint('payment-noted');
  return next;
}

/** Counts a send that failed softly, and has the next one wait: exponential with full jitter, 200 ms to 5 s. */
async function putOff(
  { database }: SagaDependencies,
  payment: Payment,
  { isUnanswered }: SoftFailure,
): Promise<void> {
  const { id, orderId, attempts } = payment;
  await database.transaction(async (tx) => {
    const counted = await database.change(
      `UPDATE payments SET attempts = attempts + 1, version = version + 1 WHERE id = :id AND status = 'processing'`,
      { id },
      tx,
    );
    if (counted > 0) await recordAttempt(database, tx, id);
    const inSeconds = backOff(attempts + 1);
    const error = 'The payment provider came to no outcome.';
    const again = { orderId, after: 'charge', next: 'charge' } as const;
    await scheduleStep(database, { ...again, inSeconds, error, isUnanswered }, tx);
  });
}
