import type { Database } from '@tradepost/service-kit/database.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { auditProducts } from './audit-products.ts';
import { listReservations } from './audit.queries.ts';
import { auditedReservations, findings, reservationFilter } from './audit.schemas.ts';

const auditProductsRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/audit',
    summary: 'What is wrong with the products, stock and reservations',
    access: 'service',
    answers: { 200: findings },
    handle: async () => ({ status: 200, body: { findings: await auditProducts(dependencies) } }),
  });

const listReservationsRoute = ({ database }: { database: Database }) =>
  route({
    method: 'get',
    path: '/audit/reservations',
    summary: 'All reservations in ascending order id, to be compared with the orders',
    access: 'service',
    query: reservationFilter,
    answers: { 200: auditedReservations },
    handle: async ({ query }) => {
      const found = await listReservations(database, query);
      const items = found.slice(0, query.limit);
      const nextCursor = found.length > query.limit ? (items.at(-1)?.orderId ?? null) : null;
      return { status: 200, body: { items, nextCursor } };
    },
  });

export function auditRoutes(dependencies: { database: Database }): Route[] {
  return [auditProductsRoute, listReservationsRoute].map((declare) => declare(dependencies));
}
