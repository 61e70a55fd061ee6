import { listVersions, type ToldTable } from '@tradepost/events/told-versions.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { auditAccounts } from '../../auth-service/src/audit/audit-accounts.ts';
import { auditOrders } from '../../order-service/src/audit/audit-orders.ts';
import { toldTables as accountTables } from '../../auth-service/src/audit/told-tables.ts';
import {
  readOrders,
  readPages,
  readParked,
  readPayments,
  readTold,
} from '../../order-service/src/audit/audit.queries.ts';
import { compareCharges } from '../../order-service/src/audit/compare-charges.ts';
import { compareReservations } from '../../order-service/src/audit/compare-reservations.ts';
import { compareTold } from '../../order-service/src/audit/compare-told.ts';
import { compareTwice } from '../../order-service/src/audit/compare-twice.ts';
import type { Finding } from '@tradepost/service-kit/run-checks.ts';
import { auditProducts } from '../../product-service/src/audit/audit-products.ts';
import { listReservations } from '../../product-service/src/audit/audit.queries.ts';
import { toldTables as productTables } from '../../product-service/src/audit/told-tables.ts';
import type { ByDatabase } from './databases.ts';
import { inSnapshots } from './in-snapshot.ts';
import { listCharges } from './list-charges.ts';

/** What one source has told, compared with what has changed there. */
function compareSource(
  ordersDB: Database,
  tellingDB: Database,
  [source, table]: [string, ToldTable],
): Promise<Finding[]> {
  return compareTwice((ids) =>
    inSnapshots([ordersDB, tellingDB], async (orders, telling) =>
      compareTold({
        things: readPages(
          (after) => listVersions(telling, table, { after, limit: 1_000, ids }),
          ({ subject }) => subject,
        ),
        told: readTold(orders, source, ids),
        parked: await readParked(orders),
      }),
    ),
  );
}

/** The same audit as GET /audit, by SQL: however large the shop is, nobody waits for the answer. */
export async function auditDatabases(databases: ByDatabase<Database>): Promise<Finding[]> {
  const { authDB, productsDB, ordersDB, paymentsDB } = databases;
  const reservations = (orderIds?: readonly string[]) =>
    inSnapshots([ordersDB, productsDB], (orders, products) =>
      compareReservations({
        orders: readOrders(orders, orderIds),
        reservations: readPages(
          (after) => listReservations(products, { after, limit: 1_000, orderIds }),
          ({ orderId }) => orderId,
        ),
      }),
    );
  const charges = (orderIds?: readonly string[]) =>
    inSnapshots([ordersDB, paymentsDB], (orders, payments) =>
      compareCharges({
        payments: readPayments(orders, orderIds),
        charges: readPages(
          (after) => listCharges(payments, { after, orderIds }),
          ({ chargeId }) => chargeId,
        ),
      }),
    );
  const told = [
    ...Object.entries(accountTables).map((entry) => compareSource(ordersDB, authDB, entry)),
    ...Object.entries(productTables).map((entry) => compareSource(ordersDB, productsDB, entry)),
  ];
  // A shop at work moves between two snapshots: compareTwice looks again at what did not fit.
  const parts = await Promise.all([
    auditAccounts({ database: authDB }),
    auditProducts({ database: productsDB }),
    auditOrders({ database: ordersDB }),
    compareTwice(reservations),
    compareTwice(charges),
    ...told,
  ]);
  return parts.flat();
}
