import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes } from '@tradepost/service-kit/route.ts';
import { shedLoad } from '@tradepost/service-kit/shed-load.ts';
import express, { type Express } from 'express';
import { internalRoutes, publicRoutes, type RouteDependencies } from './routes.ts';

export interface AppDependencies extends RouteDependencies {
  authenticate: { users: Authenticate; services: Authenticate };
  metrics: Metrics;
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
  const routes = mountRoutes(internalRoutes(dependencies), dependencies.authenticate.services);
  return createApp(dependencies, '/internal/v1', routes);
}
