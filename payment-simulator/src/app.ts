import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import express, { type Express } from 'express';
import { chargeRoutes } from './charges/charges.routes.ts';
import type { Faults } from './faults/create-faults.ts';
import { faultRoutes } from './faults/faults.routes.ts';
import { refundRoutes } from './refunds/refunds.routes.ts';
import type { Sleep } from './sleep.ts';

export interface AppDependencies {
  database: Database;
  sleep: Sleep;
  faultSeed: string;
  faults: Faults;
  /** False in production: there nobody switches faults, only test tokens ask for them. */
  faultsSwitchable: boolean;
  authenticate: Authenticate;
  logger: Logger;
  metrics: Metrics;
}

function providerRoutes(dependencies: AppDependencies): Route[] {
  return [
    ...chargeRoutes(dependencies),
    ...refundRoutes(dependencies),
    ...(dependencies.faultsSwitchable ? faultRoutes(dependencies) : []),
  ];
}

export function createApp(dependencies: AppDependencies): Express {
  const { authenticate, logger, metrics } = dependencies;
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.use(requestContext());
  app.use(measureRequests(metrics, logger));
  app.use('/provider/v1', mountRoutes(providerRoutes(dependencies), authenticate));
  app.use(noSuchPath);
  app.use(errorHandler(logger));
  return app;
}
