import { inboxChecks, outboxChecks } from '@tradepost/events/outbox.checks.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { deliveryChecks } from '../webhook-deliveries/webhook-deliveries.checks.ts';
import { orderChecks } from './audit.checks.ts';
import { type Finding, runChecks } from '@tradepost/service-kit/run-checks.ts';

/** Looks for what must never be in ordersDB: moves, money, keys and steps that are not as the specification has them. */
export function auditOrders({ database }: { database: Database }): Promise<Finding[]> {
  return runChecks(database, [...orderChecks, ...outboxChecks, ...inboxChecks, ...deliveryChecks]);
}
