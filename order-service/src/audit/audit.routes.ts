import type { Database } from '@tradepost/service-kit/database.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { auditOrders } from './audit-orders.ts';
import { type AuditDependencies, auditShop } from './audit-shop.ts';
import { findings, shopAudit } from './audit.schemas.ts';

/** The ledger of the sellers. */
const notBuilt = [10];

const auditShopRoute = (dependencies: AuditDependencies) =>
  route({
    method: 'get',
    path: '/audit',
    summary: 'What is wrong with the shop, over all services',
    access: { roles: ['admin'] },
    answers: { 200: shopAudit },
    handle: async () => {
      const found = await auditShop(dependencies);
      const breaches = found.reduce((sum, finding) => sum + finding.breaches, 0);
      return {
        status: 200,
        body: { findings: found, breaches, notBuilt, auditedAt: new Date().toISOString() },
      };
    },
  });

const auditOrdersRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/audit',
    summary: 'What is wrong with the orders',
    access: 'service',
    answers: { 200: findings },
    handle: async () => ({ status: 200, body: { findings: await auditOrders(dependencies) } }),
  });

export function auditRoutes(dependencies: AuditDependencies): Route[] {
  return [auditShopRoute(dependencies)];
}

export function internalAuditRoutes(dependencies: { database: Database }): Route[] {
  return [auditOrdersRoute(dependencies)];
}
