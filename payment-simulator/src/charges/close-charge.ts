import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { ChargeOutcome } from './charge.model.ts';
import { restCharge } from './rest-charge.ts';

const voided = { status: 'declined', declineCode: 'voided' } as const;

/**
 * A charge that comes after it was closed meets this and captures nothing. Where the row is there already,
 * ON DUPLICATE KEY locks it for writing at once; INSERT IGNORE would share it, and then two would wait for each other.
 */
async function leaveTombstone(database: Database, tx: Transaction, chargeId: string): Promise<void> {
  await database.change(
    `INSERT INTO charges (id, status, decline_code) VALUES (:chargeId, :status, :declineCode)
         ON DUPLICATE KEY UPDATE id = id`,
    { chargeId, ...voided },
    tx,
  );
}

/** Closes a charge, received or not yet: from now on it captures nothing, unless it has already. */
export async function closeCharge(
  { database }: { database: Database },
  { chargeId }: { chargeId: string },
): Promise<ChargeOutcome> {
  return database.transaction(async (tx) => {
    await leaveTombstone(database, tx, chargeId);
    // After the tombstone, so that a charge which came in between is found: one of the two has the row.
    return restCharge(database, tx, { chargeId, ...voided });
  });
}
