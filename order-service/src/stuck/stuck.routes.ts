import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { showOrder } from '../orders/orders.queries.ts';
import { order } from '../shapes.ts';
import { resumeOrder } from './resume-order.ts';
import { listStuck } from './stuck.queries.ts';
import { stuckFilter, stuckPage } from './stuck.schemas.ts';

const admins = { roles: ['admin'] } as const;

const listStuckRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/orders/stuck',
    summary: 'Orders whose next step fails, or is done by nobody',
    access: admins,
    query: stuckFilter,
    answers: { 200: stuckPage },
    handle: async ({ query }) => {
      const page = toPage(await listStuck(dependencies, query), query.limit, ({ orderId }) => orderId);
      const items = page.items.map((stuck) => ({ ...stuck, dueAt: stuck.dueAt.toISOString() }));
      return { status: 200, body: { ...page, items } };
    },
  });

const resumeOrderRoute = (dependencies: { database: Database }) =>
  route({
    method: 'post',
    path: '/orders/{id}/resume',
    summary: 'Do the next step of an order now',
    access: admins,
    params: idParameter,
    answers: { 200: order },
    problems: [notFound, versionConflict],
    handle: async ({ params, caller, ifMatch }) => {
      const resumed = await resumeOrder(dependencies, { orderId: params.id, caller, ifMatch });
      return { status: 200, ...showOrder(resumed) };
    },
  });

export function stuckRoutes(dependencies: { database: Database }): Route[] {
  return [listStuckRoute, resumeOrderRoute].map((declare) => declare(dependencies));
}
