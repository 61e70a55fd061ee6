import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { order } from '../shapes.ts';
import { listOrders, readOrder, viewOrder } from './orders.queries.ts';
import { orderFilter, orderPage } from './orders.schemas.ts';

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
    handle: async ({ params, caller }) => ({ status: 200, ...(await readOrder(params.id, caller)) }),
  });

export function orderReadingRoutes(): Route[] {
  return [listOrdersRoute(), readOrderRoute()];
}
