import type { Database } from '@tradepost/service-kit/database.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
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
import { orderId, reservation, reservationRequest, returnRequest } from './reservations.schemas.ts';
import { reserveStock } from './reserve-stock.ts';
import { returnStock } from './return-stock.ts';

interface Dependencies {
  database: Database;
}

const onOne = { access: 'service', params: orderId } as const;

const reserveStockRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'put',
    path: '/reservations/{orderId}',
    summary: 'Hold the stock of an order',
    body: reservationRequest,
    answers: { 200: reservation, 201: reservation },
    problems: [
      productGone,
      ownProduct,
      priceChanged,
      insufficientStock,
      reservationReleased,
      reservationDiffers,
      mixedCurrencies,
      totalTooLarge,
    ],
    handle: async ({ params, body }) => {
      const { created, held } = await reserveStock(dependencies, { ...params, ...body });
      const view = viewReservation(held);
      return created ? { status: 201, body: view } : { status: 200, body: view };
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
  return [
    reserveStockRoute,
    readReservationRoute,
    commitReservationRoute,
    releaseReservationRoute,
    returnStockRoute,
  ].map((declare) => declare(dependencies));
}
