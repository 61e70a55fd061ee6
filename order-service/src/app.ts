import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import { measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import { shedLoad } from '@tradepost/service-kit/shed-load.ts';
import express, { type Express } from 'express';
import type { AuditDependencies } from './audit/audit-shop.ts';
import { auditRoutes, internalAuditRoutes } from './audit/audit.routes.ts';
import { holdRoutes } from './holds/holds.routes.ts';
import { orderReadingRoutes } from './orders/order-reading.routes.ts';
import { orderRoutes } from './orders/orders.routes.ts';
import type { PlaceOrderDependencies } from './orders/place-order.ts';
import { paymentRoutes } from './payments/payments.routes.ts';
import { refundRoutes } from './refunds/refunds.routes.ts';
import { stuckRoutes } from './stuck/stuck.routes.ts';
import { timelineRoutes } from './timeline/timeline.routes.ts';

type RouteDependencies = PlaceOrderDependencies & AuditDependencies;

export interface AppDependencies extends RouteDependencies {
  authenticate: { users: Authenticate; services: Authenticate };
  metrics: Metrics;
}

export function publicRoutes(dependencies: RouteDependencies): Record<string, Route[]> {
  return {
    Orders: [...orderRoutes(dependencies), ...orderReadingRoutes(), ...timelineRoutes(dependencies)],
    Payments: [...paymentRoutes(dependencies), ...refundRoutes(dependencies)],
    Operations: [...stuckRoutes(dependencies), ...auditRoutes(dependencies)],
  };
}

function createApp({ logger, metrics }: AppDependencies, base: string, routes: express.Router): Express {
  const app = express().disable('x-powered-by').disable('etag');
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
  const routes = [...holdRoutes(), ...internalAuditRoutes(dependencies)];
  return createApp(dependencies, '/internal/v1', mountRoutes(routes, dependencies.authenticate.services));
}
