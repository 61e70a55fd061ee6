import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { ChargeOutcome } from './charge.model.ts';
import { getCharge, outcomeOf } from './charges.queries.ts';

interface Rest extends ChargeOutcome {
  chargeId: string;
}

/**
 * Brings an open charge to rest, which happens once: its row decides between a capture and a void.
 * @returns what the charge rests as now, which may be what somebody else made of it
 */
export async function restCharge(database: Database, tx: Transaction, rest: Rest): Promise<ChargeOutcome> {
  await database.change(
    `UPDATE charges SET status = :status, decline_code = :declineCode WHERE id = :chargeId AND status = 'open'`,
    rest,
    tx,
  );
  const outcome = outcomeOf(await getCharge(rest.chargeId, tx));
  if (!outcome) throw new Error(`Charge ${rest.chargeId} is open although it was brought to rest.`);
  return outcome;
}
