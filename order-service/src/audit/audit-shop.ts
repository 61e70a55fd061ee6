import type { Database } from '@tradepost/service-kit/database.ts';
import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import { type AuditClient, type ToldSource, toldSources } from '../clients/audit-client.ts';
import { auditOrders } from './audit-orders.ts';
import { readOrders, readParked, readPayments, readTold } from './audit.queries.ts';
import { compareCharges } from './compare-charges.ts';
import { compareReservations } from './compare-reservations.ts';
import { compareTold } from './compare-told.ts';
import { compareTwice } from './compare-twice.ts';
import type { Finding } from '@tradepost/service-kit/run-checks.ts';

export interface AuditDependencies {
  database: Database;
  audits: AuditClient;
}

/** Audits the whole shop: what each service finds alone, and what they and the payment provider must agree on. */
export async function auditShop({ database, audits }: AuditDependencies): Promise<Finding[]> {
  const reservations = (orderIds?: readonly string[]) =>
    compareReservations({
      orders: readOrders(database, orderIds),
      reservations: audits.reservations(orderIds),
    });
  const charges = (orderIds?: readonly string[]) =>
    compareCharges({ payments: readPayments(database, orderIds), charges: audits.charges(orderIds) });
  const told = (source: ToldSource) => async (subjects?: readonly string[]) =>
    compareTold({
      things: audits.versions(source, subjects),
      told: readTold(database, source, subjects),
      parked: await readParked(database),
    });
  const parts = [
    auditOrders({ database }),
    audits.auditProducts(),
    audits.auditAccounts(),
    compareTwice(reservations),
    compareTwice(charges),
    ...toldSources.map((source) => compareTwice(told(source))),
  ];
  const findings = await Promise.all(parts).catch((error: unknown) => {
    if (!(error instanceof UpstreamUnavailable)) throw error;
    throw unavailable(`${error.message}; try again.`, error);
  });
  return findings.flat().sort((a, b) => a.invariant - b.invariant);
}
