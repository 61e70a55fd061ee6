import type { Database } from '@tradepost/service-kit/database.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { auditAccounts } from './audit-accounts.ts';
import { findings } from './audit.schemas.ts';

const auditAccountsRoute = (dependencies: { database: Database }) =>
  route({
    method: 'get',
    path: '/audit',
    summary: 'What is wrong with the accounts and sessions',
    access: 'service',
    answers: { 200: findings },
    handle: async () => ({ status: 200, body: { findings: await auditAccounts(dependencies) } }),
  });

export function auditRoutes(dependencies: { database: Database }): Route[] {
  return [auditAccountsRoute(dependencies)];
}
