import { eventRoutes } from '@tradepost/events/events.routes.ts';
import type { Route } from '@tradepost/service-kit/route.ts';
import type { AuditDependencies } from './audit/audit-shop.ts';
import { auditRoutes, internalAuditRoutes } from './audit/audit.routes.ts';
import type { DeadLetterDependencies } from './dead-letters/dead-letters.queries.ts';
import { deadLetterRoutes } from './dead-letters/dead-letters.routes.ts';
import { holdRoutes } from './holds/holds.routes.ts';
import { orderReadingRoutes } from './orders/order-reading.routes.ts';
import { orderRoutes } from './orders/orders.routes.ts';
import type { PlacingDependencies } from './orders/open-placing.ts';
import { paymentRoutes } from './payments/payments.routes.ts';
import { refundRoutes } from './refunds/refunds.routes.ts';
import { stuckRoutes } from './stuck/stuck.routes.ts';
import { timelineRoutes } from './timeline/timeline.routes.ts';
import { deliveryRoutes } from './webhook-deliveries/webhook-deliveries.routes.ts';
import { type WebhookDependencies, webhookRoutes } from './webhooks/webhooks.routes.ts';

export type RouteDependencies = PlacingDependencies &
  AuditDependencies &
  DeadLetterDependencies &
  WebhookDependencies;

/** By the section of the documentation that they stand in. */
export function publicRoutes(dependencies: RouteDependencies): Record<string, Route[]> {
  return {
    Orders: [...orderRoutes(dependencies), ...orderReadingRoutes(), ...timelineRoutes(dependencies)],
    Payments: [...paymentRoutes(dependencies), ...refundRoutes(dependencies)],
    Webhooks: [...webhookRoutes(dependencies), ...deliveryRoutes(dependencies)],
    Operations: [
      ...stuckRoutes(dependencies),
      ...auditRoutes(dependencies),
      ...deadLetterRoutes(dependencies),
    ],
  };
}

/** What other services call. */
export function internalRoutes(dependencies: RouteDependencies): Route[] {
  return [...holdRoutes(), ...internalAuditRoutes(dependencies), ...eventRoutes(dependencies)];
}
