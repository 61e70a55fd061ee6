import { inboxChecks, outboxChecks } from '@tradepost/events/outbox.checks.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { productChecks } from './audit.checks.ts';
import { type Finding, runChecks } from '@tradepost/service-kit/run-checks.ts';

/** Looks for what must never be in productsDB: stock that its ledger and its holds do not account for, and lost edits. */
export function auditProducts({ database }: { database: Database }): Promise<Finding[]> {
  return runChecks(database, [...productChecks, ...outboxChecks, ...inboxChecks]);
}
