import { v7 as uuidv7 } from 'uuid';
import { crashPoint } from '../crash-point.ts';
import { lockOrder } from '../orders/orders.queries.ts';
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
    return recordPayment(database, tx, { orderId, paymentId: uuidv7(), method, token });
  });
  crashPoint('payment-recorded');
  return recorded ? 'charge' : undefined;
}
