import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { advanceOrder } from '../saga/advance-order.ts';
import { awaitOutcome } from '../saga/await-outcome.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { noteCharge } from './note-charge.ts';
import type { Payment } from './payment.model.ts';
import { findOwnPayment, getPayment } from './payments.queries.ts';

/** Asks the provider what became of a payment that has not come to its end, and goes on with its order; sends nothing. */
export async function inquirePayment(
  dependencies: SagaDependencies,
  { paymentId, caller }: { paymentId: string; caller: Caller },
): Promise<Payment> {
  const { database, payments } = dependencies;
  const payment = await findOwnPayment(paymentId, caller);
  if (payment.status !== 'processing') return payment;
  const outcome = await payments.inquire(paymentId).catch((error: unknown) => {
    if (!(error instanceof UpstreamUnavailable)) throw error;
    throw unavailable('The payment provider cannot be asked now; try again.', error);
  });
  if (outcome) {
    const step = await database.transaction((tx) => noteCharge(database, tx, { payment, outcome, sends: 0 }));
    if (step && step !== 'nothing')
      await awaitOutcome(advanceOrder(dependencies, { orderId: payment.orderId, step }));
  }
  return getPayment(paymentId);
}
