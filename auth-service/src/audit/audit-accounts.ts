import { outboxChecks } from '@tradepost/events/outbox.checks.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { accountChecks } from './audit.checks.ts';
import { type Finding, runChecks } from '@tradepost/service-kit/run-checks.ts';

/** Looks for what must never be in authDB: refresh tokens that work twice, secrets that are not hashed. */
export function auditAccounts({ database }: { database: Database }): Promise<Finding[]> {
  return runChecks(database, [...accountChecks, ...outboxChecks]);
}
