import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { readOrder } from '../orders/orders.queries.ts';
import { followOrder } from './follow-order.ts';
import { listMoves, viewMove } from './timeline.queries.ts';
import { moveEvents, moveFilter, movePage } from './timeline.schemas.ts';

const listMovesRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/orders/{id}/timeline',
    summary: 'Every status that an order had',
    access: 'user',
    params: idParameter,
    query: moveFilter,
    answers: { 200: movePage },
    problems: [notFound],
    handle: async ({ params, query: { limit, cursor: after = 0 }, caller }) => {
      const { id: orderId } = (await readOrder(params.id, caller)).body;
      const moves = await listMoves(dependencies, { orderId, after, limit: limit + 1 });
      const page = toPage(moves, limit, ({ version }) => version);
      return { status: 200, body: { ...page, items: page.items.map(viewMove) } };
    },
  });

const followOrderRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/orders/{id}/events',
    summary: 'Every status of an order, as it comes',
    access: 'user',
    params: idParameter,
    streams: true,
    answers: { 200: moveEvents },
    problems: [notFound],
    handle: async ({ params, caller, lastEventId }) => {
      const { id: orderId } = (await readOrder(params.id, caller)).body;
      const after = Number(/^\d{1,9}$/.exec(lastEventId ?? '')?.[0] ?? 0);
      return { status: 200, events: followOrder(dependencies, { orderId, after }) };
    },
  });

export function timelineRoutes(dependencies: { database: Database }): Route[] {
  return [listMovesRoute, followOrderRoute].map((declare) => declare(dependencies));
}
