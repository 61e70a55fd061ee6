import { idParameter } from '@tradepost/service-kit/fields.ts';
import { answerOnce } from '@tradepost/service-kit/idempotency.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { illegalTransition } from '../orders/orders.errors.ts';
import { findOwnOrder } from '../orders/orders.queries.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { inquirePayment } from './inquire-payment.ts';
import { payOrder } from './pay-order.ts';
import { attemptsExhausted, paymentDeclined } from './payments.errors.ts';
import { findOwnPayment, getSettled, listPayments, type Settled, viewPayment } from './payments.queries.ts';
import { paymentMeans } from '../shapes.ts';
import { payment, paymentFilter, paymentPage } from './payments.schemas.ts';

/** 201 when the money is there, 202 while nobody knows; a payment that failed is a problem. */
function answerPayment({ payment: made, attemptsLeft, retryable }: Settled) {
  const { id, orderId, status, declineCode } = made;
  const headers = { Location: `/api/v1/payments/${id}` };
  const members = { orderId, paymentId: id, declineCode, retryable };
  if (status === 'captured') return { status: 201 as const, headers, body: viewPayment(made) };
  if (status === 'processing') return { status: 202 as const, headers, body: viewPayment(made) };
  if (status === 'declined' && attemptsLeft > 0)
    return paymentDeclined('Pay in another way.', { members, headers });
  if (attemptsLeft > 0)
    return illegalTransition('The order was cancelled before it was paid.', { members, headers });
  return attemptsExhausted('No attempt is left; place a new order.', { members, headers });
}

const payOrderRoute = (dependencies: SagaDependencies) =>
  route({
    method: 'post',
    path: '/orders/{id}/payments',
    summary: 'Pay an order',
    access: 'user',
    params: idParameter,
    idempotent: true,
    body: paymentMeans,
    answers: { 201: payment, 202: payment },
    problems: [notFound, versionConflict, illegalTransition, paymentDeclined, attemptsExhausted],
    handle: ({ params, body, caller, ifMatch, keyed }) =>
      answerOnce<Settled>(dependencies.database, keyed, {
        work: (once) => payOrder(dependencies, { orderId: params.id, caller, ifMatch, payment: body, once }),
        answer: answerPayment,
        recover: (paymentId) => getSettled(paymentId),
      }),
  });

const listPaymentsRoute = () =>
  route({
    method: 'get',
    path: '/orders/{id}/payments',
    summary: 'The payments of an order',
    access: 'user',
    params: idParameter,
    query: paymentFilter,
    answers: { 200: paymentPage },
    problems: [notFound],
    handle: async ({ params, query, caller }) => {
      const { order } = await findOwnOrder(params.id, caller);
      const page = toPage(
        await listPayments(order.id, query.limit, query.cursor),
        query.limit,
        ({ id }) => id,
      );
      return { status: 200, body: { ...page, items: page.items.map(viewPayment) } };
    },
  });

const readPaymentRoute = () =>
  route({
    method: 'get',
    path: '/payments/{id}',
    summary: 'A payment',
    access: 'user',
    params: idParameter,
    answers: { 200: payment },
    problems: [notFound],
    handle: async ({ params, caller }) => ({
      status: 200,
      body: viewPayment(await findOwnPayment(params.id, caller)),
    }),
  });

const inquirePaymentRoute = (dependencies: SagaDependencies) =>
  route({
    method: 'post',
    path: '/payments/{id}/inquiry',
    summary: 'Ask the provider what became of a payment',
    access: 'user',
    params: idParameter,
    answers: { 200: payment },
    problems: [notFound],
    handle: async ({ params, caller }) => ({
      status: 200,
      body: viewPayment(await inquirePayment(dependencies, { paymentId: params.id, caller })),
    }),
  });

export function paymentRoutes(dependencies: SagaDependencies): Route[] {
  return [payOrderRoute, listPaymentsRoute, readPaymentRoute, inquirePaymentRoute].map((declare) =>
    declare(dependencies),
  );
}
