import { idParameter } from '@tradepost/service-kit/fields.ts';
import { answerOnce } from '@tradepost/service-kit/idempotency.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { illegalTransition } from '../orders/orders.errors.ts';
import type { SagaDependencies } from '../saga/step.ts';
import type { Refund } from './refund.model.ts';
import { refundOrder } from './refund-order.ts';
import { exceedsCaptured } from './refunds.errors.ts';
import { findRefundable, getRefund, listRefunds, viewRefund } from './refunds.queries.ts';
import { newRefund, refund, refundFilter, refundPage } from './refunds.schemas.ts';

const sellers = { roles: ['seller', 'admin'] } as const;

const refundOrderRoute = (dependencies: SagaDependencies) =>
  route({
    method: 'post',
    path: '/orders/{id}/refunds',
    summary: 'Give back a part or all of what was paid',
    access: sellers,
    params: idParameter,
    idempotent: true,
    body: newRefund,
    answers: { 201: refund, 202: refund },
    problems: [notFound, versionConflict, illegalTransition, exceedsCaptured],
    handle: ({ params, body, caller, ifMatch, keyed }) =>
      answerOnce<Refund>(dependencies.database, keyed, {
        work: (once) => refundOrder(dependencies, { ...body, orderId: params.id, caller, ifMatch, once }),
        answer: (made) => ({
          status: made.status === 'pending' ? 202 : 201,
          headers: { Location: `/api/v1/orders/${made.orderId}/refunds` },
          body: viewRefund(made),
        }),
        recover: (refundId) => getRefund(refundId),
      }),
  });

const listRefundsRoute = () =>
  route({
    method: 'get',
    path: '/orders/{id}/refunds',
    summary: 'The refunds of an order; for a seller their own',
    access: sellers,
    params: idParameter,
    query: refundFilter,
    answers: { 200: refundPage },
    problems: [notFound],
    handle: async ({ params, query, caller }) => {
      const { sellersMinor } = await findRefundable(params.id, caller);
      const sellerId = sellersMinor === null ? undefined : caller.id;
      const refunds = await listRefunds(params.id, { ...query, sellerId });
      const page = toPage(refunds, query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewRefund) } };
    },
  });

export function refundRoutes(dependencies: SagaDependencies): Route[] {
  return [refundOrderRoute, listRefundsRoute].map((declare) => declare(dependencies));
}
