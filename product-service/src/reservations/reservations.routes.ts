import type { Database } from '@tradepost/service-kit/database.ts';
import { notFound, Problem, problemBody } from '@tradepost/service-kit/problem.ts';
import { currentContext, runInContext } from '@tradepost/service-kit/request-context.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { commitReservation } from './commit-reservation.ts';
import { releaseReservation } from './release-reservation.ts';
import {
  insufficientStock,
  mixedCurrencies,
  ownProduct,
  priceChanged,
  productGone,
  reservationDiffers,
  reservationReleased,
  totalTooLarge,
  wrongState,
} from './reservations.errors.ts';
import { findReservation, viewReservation } from './reservations.queries.ts';
import { openReserving, type Reserve } from './open-reserving.ts';
import {
  groupAnswers,
  orderId,
  reservation,
  reservationGroup,
  reservationRequest,
  returnRequest,
} from './reservations.schemas.ts';
import type { ReservationRequest } from './reserve-stock.ts';
import { returnStock } from './return-stock.ts';

interface Dependencies {
  database: Database;
}

const onOne = { access: 'service', params: orderId } as const;

const refusals = [
  productGone,
  ownProduct,
  priceChanged,
  insufficientStock,
  reservationReleased,
  reservationDiffers,
  mixedCurrencies,
  totalTooLarge,
];

const reserveStockRoute = (reserve: Reserve) =>
  route({
    ...onOne,
    method: 'put',
    path: '/reservations/{orderId}',
    summary: 'Hold the stock of an order',
    body: reservationRequest,
    answers: { 200: reservation, 201: reservation },
    problems: refusals,
    handle: async ({ params, body }) => {
      const { created, held } = await reserve({ ...params, ...body });
      const view = viewReservation(held);
      return created ? { status: 201, body: view } : { status: 200, body: view };
    },
  });

/** The answer of one reservation of a group: what the route of a single one would have sent. */
async function answerOne(reserve: Reserve, request: ReservationRequest) {
  try {
    const { created, held } = await reserve(request);
    return { status: created ? 201 : 200, body: viewReservation(held) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const path = `/internal/v1/reservations/${request.orderId}`;
    const text = problemBody(error, { path, requestId: currentContext()?.requestId ?? '' });
    return { status: error.status, body: JSON.parse(text) as { code: string } };
  }
}

const reserveGroupRoute = (reserve: Reserve) =>
  route({
    method: 'put',
    path: '/reservations',
    summary: 'Hold the stock of several orders',
    access: 'service',
    body: reservationGroup,
    answers: { 200: groupAnswers },
    handle: async ({ body: { reservations } }) => {
      const answers = reservations.map(
        ({ requestId = currentContext()?.requestId ?? '', traceparent, ...request }) =>
          runInContext(() => answerOne(reserve, request), { requestId, traceparent }),
      );
      return { status: 200, body: { answers: await Promise.all(answers) } };
    },
  });

const readReservationRoute = () =>
  route({
    ...onOne,
    method: 'get',
    path: '/reservations/{orderId}',
    summary: 'The reservation of an order',
    answers: { 200: reservation },
    problems: [notFound],
    handle: async ({ params }) => {
      const found = await findReservation(params.orderId);
      if (!found) throw notFound('The order has no reservation.');
      return { status: 200, body: viewReservation(found) };
    },
  });

const commitReservationRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'post',
    path: '/reservations/{orderId}/commit',
    summary: 'Sell what an order holds',
    answers: { 200: reservation },
    problems: [wrongState],
    handle: async ({ params }) => ({
      status: 200,
      body: viewReservation(await commitReservation(dependencies, params)),
    }),
  });

const releaseReservationRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'post',
    path: '/reservations/{orderId}/release',
    summary: 'Free what an order holds, or will ever ask for',
    answers: { 200: reservation },
    problems: [wrongState],
    handle: async ({ params }) => ({
      status: 200,
      body: viewReservation(await releaseReservation(dependencies, params)),
    }),
  });

const returnStockRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'post',
    path: '/reservations/{orderId}/return',
    summary: 'Put sold goods back in stock',
    body: returnRequest,
    answers: { 200: reservation },
    problems: [wrongState, reservationDiffers],
    handle: async ({ params, body }) => ({
      status: 200,
      body: viewReservation(await returnStock(dependencies, { ...params, ...body })),
    }),
  });

export function reservationRoutes(dependencies: Dependencies): Route[] {
  const reserve = openReserving(dependencies);
  return [
    reserveGroupRoute(reserve),
    reserveStockRoute(reserve),
    readReservationRoute(),
    commitReservationRoute(dependencies),
    releaseReservationRoute(dependencies),
    returnStockRoute(dependencies),
  ];
}
