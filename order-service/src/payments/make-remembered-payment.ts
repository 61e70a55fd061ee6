import { v7 as uuidv7 } from 'uuid';
import { crashPoint } from '../crash-point.ts';
import { lockOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from '../saga/schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from '../saga/step.ts';
import { recordPayment } from './record-payment.ts';

/** Makes the payment that came with an order, now that its stock is held and its total is known. */
export async function makeRememberedPayment(
  { database }: SagaDependencies,
  { orderId }: StepAtWork,
): Promise<Step | undefined> {
  const recorded = await database.transaction(async (tx) => {
    const { method, token } = (await lockOrder(orderId, tx)).rememberedPayment ?? {};
    if (method === undefined || token === undefined) return false;
    const payment = { orderId, paymentId: uuidv7(), method, token };
    if (await recordPayment(database, tx, { ...payment, inWindow: true })) return true;
    // Too late: nobody expects a card to be charged the next morning.
    await scheduleStep(database, { orderId, after: 'pay', next: 'expire' }, tx);
    return false;
  });
  crashPoint('payment-recorded');
  return recorded ? 'charge' : undefined;
}
