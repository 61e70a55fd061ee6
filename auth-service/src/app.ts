import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import express, { type Express } from 'express';
import { accountRoutes } from './accounts/accounts.routes.ts';
import type { Dependencies } from './dependencies.ts';
import { sessionRoutes } from './sessions/sessions.routes.ts';

export interface AppDependencies extends Dependencies {
  authenticate: Authenticate;
  logger: Logger;
  metrics: Metrics;
}

export function publicRoutes(dependencies: Dependencies): Record<string, Route[]> {
  return { Accounts: accountRoutes(dependencies), Sessions: sessionRoutes(dependencies) };
}

export function createApp(dependencies: AppDependencies): Express {
  const { authenticate, logger, metrics } = dependencies;
  const app = express().disable('x-powered-by').disable('etag');
  app.use(requestContext());
  app.use(measureRequests(metrics, logger));
  app.use('/api/v1', mountRoutes(Object.values(publicRoutes(dependencies)).flat(), authenticate));
  app.use(noSuchPath);
  app.use(errorHandler(logger));
  return app;
}
