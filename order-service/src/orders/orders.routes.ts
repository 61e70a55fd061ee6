import { idParameter } from '@tradepost/service-kit/fields.ts';
import { answerOnce } from '@tradepost/service-kit/idempotency.ts';
import { etag } from '@tradepost/service-kit/precondition.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { order } from '../shapes.ts';
import { cancelOrder } from './cancel-order.ts';
import { illegalTransition, rejections } from './orders.errors.ts';
import { showOrder } from './orders.queries.ts';
import { cancellation, newOrder, placedOrder } from './orders.schemas.ts';
import { openPlacing, type PlacingDependencies } from './open-placing.ts';
import { placeOrder, type PlaceOrderDependencies } from './place-order.ts';
import { getPlaced, type Placed, viewPlaced } from './placed.queries.ts';

/** What an order that was just placed answers: 202 while nobody knows, the refusal when it was rejected, else 201. */
function answerPlaced(placed: Placed) {
  const { id, status, rejection, version } = placed.order;
  const headers = { Location: `/api/v1/orders/${id}` };
  if (rejection) {
    const { code, detail, members } = rejection;
    return rejections[code](detail, { members: { ...members, orderId: id }, headers });
  }
  const tagged = { ...headers, ETag: etag({ version }) };
  return { status: status === 'pending' ? 202 : 201, headers: tagged, body: viewPlaced(placed) };
}

const placeOrderRoute = (dependencies: PlaceOrderDependencies) =>
  route({
    method: 'post',
    path: '/orders',
    summary: 'Place an order',
    access: 'user',
    idempotent: true,
    body: newOrder,
    answers: { 201: placedOrder, 202: placedOrder },
    problems: Object.values(rejections),
    handle: ({ body, caller, keyed }) =>
      answerOnce<Placed>(dependencies.database, keyed, {
        work: (once) => placeOrder(dependencies, { ...body, buyerId: caller.id, once }),
        answer: answerPlaced,
        recover: (id) => getPlaced(id),
      }),
  });

const cancelOrderRoute = (dependencies: SagaDependencies) =>
  route({
    method: 'post',
    path: '/orders/{id}/cancel',
    summary: 'Cancel an order',
    access: 'user',
    params: idParameter,
    body: cancellation,
    answers: { 200: order, 202: order },
    problems: [notFound, versionConflict, illegalTransition],
    handle: async ({ params, caller, ifMatch, body: { reason } }) => {
      const asked = await cancelOrder(dependencies, { orderId: params.id, caller, reason, ifMatch });
      const isOver = ['cancelled', 'refunded'].includes(asked.order.status);
      return isOver ? { status: 200, ...showOrder(asked) } : { status: 202, ...showOrder(asked) };
    },
  });

export function orderRoutes(dependencies: PlacingDependencies): Route[] {
  const placing = openPlacing(dependencies);
  return [placeOrderRoute({ ...dependencies, placing }), cancelOrderRoute(dependencies)];
}
