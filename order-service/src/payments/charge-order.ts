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

/** Sends a charge. Undefined when nothing is known, not even after asking: something may have been taken, or may be yet. */
async function send(payments: PaymentClient, payment: Payment): Promise<ChargeOutcome | undefined> {
  const { id: chargeId, orderId, amountMinor, currency, method, token } = payment;
  const amount = { amount: Number(amountMinor), currency };
  try {
    const sending = payments.charge({ chargeId, orderId, amount, method, token: token ?? '' });
    return await crashInside('charging', sending);
  } catch (error) {
    // What was never sent has used no attempt: the provider being away is not the buyer's fault.
    if (!(error instanceof UpstreamUnavailable) || !error.sent) throw error;
    return payments.inquire(chargeId).catch(unknownYet);
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

/** What came of the charge, or undefined: it is to be sent again, after a pause. */
async function settle(
  { payments }: SagaDependencies,
  { payment, unsent }: { payment: Payment; unsent: boolean },
): Promise<Noted | undefined> {
  const known = unsent ? undefined : await payments.inquire(payment.id);
  if (known) return { outcome: known, sends: 0 };
  const { order } = await getOrder(payment.orderId);
  if (order.cancelReason !== null || (await countAttempts(order.id)) >= maxAttempts)
    return giveUp(payments, payment);
  const outcome = await send(payments, payment);
  return outcome && { outcome, sends: 1 };
}

/**
 * Charges the open payment of an order and notes the outcome. Asks the provider before it sends what may have been sent
 * before; a charge that failed softly is sent again, at most five times in the life of an order.
 */
export async function chargeOrder(
  dependencies: SagaDependencies,
  { orderId, unsent = false }: StepAtWork,
): Promise<Step | undefined> {
  const { database } = dependencies;
  const payment = await findOpenPayment(orderId);
  if (!payment) return undefined;
  const noted = await settle(dependencies, { payment, unsent });
  crashPoint('charged');
  if (!noted) {
    await putOff(dependencies, payment);
    return undefined;
  }
  const next = await database.transaction((tx) => noteCharge(database, tx, { payment, ...noted }));
  crashPoint('payment-noted');
  return next;
}

/** Counts a send that failed softly, and has the next one wait: exponential with full jitter, 200 ms to 5 s. */
async function putOff({ database }: SagaDependencies, payment: Payment): Promise<void> {
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
    await scheduleStep(database, { orderId, after: 'charge', next: 'charge', inSeconds, error }, tx);
  });
}
