import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import express, { type Express } from 'express';
import { orderRoutes } from './orders/orders.routes.ts';
import type { PlaceOrderDependencies } from './orders/place-order.ts';

export interface AppDependencies extends PlaceOrderDependencies {
  authenticate: Authenticate;
  logger: Logger;
  metrics: Metrics;
}

export function publicRoutes(dependencies: PlaceOrderDependencies): Record<string, Route[]> {
  return { Orders: orderRoutes(dependencies) };
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
