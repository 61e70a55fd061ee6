import { eventRoutes } from '@tradepost/events/events.routes.ts';
import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import { shedLoad } from '@tradepost/service-kit/shed-load.ts';
import express, { type Express } from 'express';
import { auditRoutes } from './audit/audit.routes.ts';
import { toldTables } from './audit/told-tables.ts';
import { inventoryRoutes } from './inventory/inventory.routes.ts';
import { listenWith } from './listener.ts';
import { productRoutes } from './products/products.routes.ts';
import { reservationRoutes } from './reservations/reservations.routes.ts';

export interface AppDependencies {
  database: Database;
  authenticate: { users: Authenticate; services: Authenticate };
  logger: Logger;
  metrics: Metrics;
}

export function publicRoutes(dependencies: { database: Database }): Record<string, Route[]> {
  return { Products: productRoutes(dependencies), Inventory: inventoryRoutes(dependencies) };
}

function createApp({ logger, metrics }: AppDependencies, base: string, routes: express.Router): Express {
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.use(requestContext());
  app.use(measureRequests(metrics, logger));
  app.use(shedLoad());
  app.use(base, routes);
  app.use(noSuchPath);
  app.use(errorHandler(logger));
  return app;
}

export function createPublicApp(dependencies: AppDependencies): Express {
  const routes = Object.values(publicRoutes(dependencies)).flat();
  return createApp(dependencies, '/api/v1', mountRoutes(routes, dependencies.authenticate.users));
}

/** What other services call, on a listener of its own that Nginx does not know. */
export function createInternalApp(dependencies: AppDependencies): Express {
  const routes = [
    ...reservationRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...eventRoutes({ ...dependencies, listener: listenWith(dependencies) }, toldTables),
  ];
  return createApp(dependencies, '/internal/v1', mountRoutes(routes, dependencies.authenticate.services));
}
