import { eventRoutes } from '@tradepost/events/events.routes.ts';
import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes } from '@tradepost/service-kit/route.ts';
import { shedLoad } from '@tradepost/service-kit/shed-load.ts';
import express, { type Express, type Router } from 'express';
import { auditRoutes } from './audit/audit.routes.ts';
import { toldTables } from './audit/told-tables.ts';
import type { Dependencies } from './dependencies.ts';
import { limitAddresses } from './limits/limits.routes.ts';
import { mailboxRoutes } from './messages/messages.routes.ts';
import { publicRoutes } from './routes.ts';

/** This service tells, and listens to nobody. */
const nobody = { handlers: {} };

export interface AppDependencies extends Dependencies {
  authenticate: { users: Authenticate; services: Authenticate };
  logger: Logger;
  metrics: Metrics;
  /** The directory of the development mailbox; nobody sees one without it. */
  mailSpool: string | undefined;
}

function createApp({ logger, metrics }: AppDependencies, mounted: Record<string, Router>): Express {
  // Nginx writes X-Forwarded-For anew, so its one entry is the caller; what a caller claims ends there.
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.set('trust proxy', 1);
  app.use(requestContext(), measureRequests(metrics, logger), shedLoad());
  for (const [base, router] of Object.entries(mounted)) app.use(base, router);
  app.use(noSuchPath);
  app.use(errorHandler(logger));
  return app;
}

export function createPublicApp(dependencies: AppDependencies): Express {
  const { authenticate, mailSpool } = dependencies;
  const routes = Object.values(publicRoutes(dependencies)).flat();
  const api = limitAddresses(dependencies).use(mountRoutes(routes, authenticate.users));
  const mounted: Record<string, Router> = { '/api/v1': api };
  if (mailSpool !== undefined) mounted['/dev/mail'] = mailboxRoutes(mailSpool);
  return createApp(dependencies, mounted);
}

/** What other services call, on a listener of its own that Nginx does not know. */
export function createInternalApp(dependencies: AppDependencies): Express {
  const routes = [
    ...auditRoutes(dependencies),
    ...eventRoutes({ ...dependencies, listener: nobody }, toldTables),
  ];
  return createApp(dependencies, { '/internal/v1': mountRoutes(routes, dependencies.authenticate.services) });
}
