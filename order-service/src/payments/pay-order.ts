import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { claimKey, type Once } from '@tradepost/service-kit/idempotency.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { v7 as uuidv7 } from 'uuid';
import { crashPoint } from '../crash-point.ts';
import { Order, type PaymentMeans } from '../orders/order.model.ts';
import { illegalTransition } from '../orders/orders.errors.ts';
import { honourMatch } from '../orders/orders.queries.ts';
import { advanceOrder } from '../saga/advance-order.ts';
import { awaitOutcome } from '../saga/await-outcome.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { attemptsExhausted } from './payments.errors.ts';
import { getSettled, type Settled } from './payments.queries.ts';
import { recordPayment } from './record-payment.ts';

interface PayOrder {
  orderId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
  payment: PaymentMeans;
  once: Once<Settled>;
}

/** Only an order that awaits its payment takes one. */
function refuse({ status }: Order): never {
  if (status === 'payment_failed') throw attemptsExhausted('Every attempt was used; place a new order.');
  throw illegalTransition(`An order that is ${status} takes no payment.`);
}

/** Pays an order: takes the key and writes the payment down at once, charges it, and keeps what is known in time. */
export async function payOrder(dependencies: SagaDependencies, request: PayOrder): Promise<void> {
  const { database } = dependencies;
  const { orderId, caller, ifMatch, payment, once } = request;
  const paymentId = uuidv7();
  await database.transaction(async (tx) => {
    await claimKey(database, tx, { request: once.request, resourceId: paymentId });
    const order = await Order.findByPk(orderId, { lock: true, transaction: tx });
    if (order?.buyerId !== caller.id) throw notFound('There is no such order.');
    await honourMatch(ifMatch, { order, caller }, tx);
    if (!(await recordPayment(database, tx, { orderId, paymentId, ...payment }))) refuse(order);
  });
  crashPoint('payment-recorded');
  await awaitOutcome(advanceOrder(dependencies, { orderId, step: 'charge', unsent: true }));
  await once.keep(await getSettled(paymentId));
}
