import { idParameter } from '@tradepost/service-kit/fields.ts';
import { answerOnce } from '@tradepost/service-kit/idempotency.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { cancelOrder } from './cancel-order.ts';
import { illegalTransition, rejections } from './orders.errors.ts';
import { getOrder, listOrders, type PlacedOrder, readOrder, viewOrder } from './orders.queries.ts';
import { cancellation, newOrder, order, orderFilter, orderPage } from './orders.schemas.ts';
import { placeOrder, type PlaceOrderDependencies } from './place-order.ts';

/** What an order that was just placed answers: 202 while nobody knows, the refusal when it was rejected, else 201. */
function answerPlaced(placed: PlacedOrder) {
  const { id, status, rejection } = placed.order;
  const headers = { Location: `/api/v1/orders/${id}` };
  if (rejection) {
    const { code, detail, members } = rejection;
    return rejections[code](detail, { members: { ...members, orderId: id }, headers });
  }
  return { status: status === 'pending' ? 202 : 201, headers, body: viewOrder(placed) };
}

const placeOrderRoute = (dependencies: PlaceOrderDependencies) =>
  route({
    method: 'post',
    path: '/orders',
    summary: 'Place an order',
    access: 'user',
    idempotent: true,
    body: newOrder,
    answers: { 201: order, 202: order },
    problems: Object.values(rejections),
    handle: ({ body, caller, keyed }) =>
      answerOnce<PlacedOrder>(dependencies.database, keyed, {
        work: (once) => placeOrder(dependencies, { ...body, buyerId: caller.id, once }),
        answer: answerPlaced,
        recover: (id) => getOrder(id),
      }),
  });

const listOrdersRoute = () =>
  route({
    method: 'get',
    path: '/orders',
    summary: 'Your orders; for an admin all',
    access: 'user',
    query: orderFilter,
    answers: { 200: orderPage },
    handle: async ({ query, caller }) => {
      const page = toPage(await listOrders(caller, query), query.limit, ({ order: { id } }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewOrder) } };
    },
  });

const readOrderRoute = () =>
  route({
    method: 'get',
    path: '/orders/{id}',
    summary: 'An order',
    access: 'user',
    params: idParameter,
    answers: { 200: order, 304: null },
    problems: [notFound],
    handle: async ({ params, caller }) => {
      const body = await readOrder(params.id, caller);
      return { status: 200, body, version: body.version };
    },
  });

const cancelOrderRoute = (dependencies: PlaceOrderDependencies) =>
  route({
    method: 'post',
    path: '/orders/{id}/cancel',
    summary: 'Cancel an order',
    access: 'user',
    params: idParameter,
    body: cancellation,
    answers: { 200: order },
    problems: [notFound, versionConflict, illegalTransition],
    handle: async ({ params, caller, ifMatch, body: { reason } }) => {
      const cancelled = await cancelOrder(dependencies, { orderId: params.id, caller, reason, ifMatch });
      return { status: 200, body: viewOrder(cancelled), version: cancelled.order.version };
    },
  });

export function orderRoutes(dependencies: PlaceOrderDependencies): Route[] {
  return [placeOrderRoute, listOrdersRoute, readOrderRoute, cancelOrderRoute].map((declare) =>
    declare(dependencies),
  );
}
