import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { Charge } from '../charges/charge.model.ts';
import { lockCharge } from '../charges/charges.queries.ts';
import type { Refund, RefundOutcome } from './refund.model.ts';
import { refundDiffers } from './refunds.errors.ts';
import { getRefund, outcomeOf } from './refunds.queries.ts';

export interface RefundRequest {
  refundId: string;
  chargeId: string;
  amount: { amount: number; currency: string };
}

/** The refund as it was received first; its row stays locked, so that a second send waits for the outcome of this one. */
async function receive(database: Database, tx: Transaction, request: RefundRequest): Promise<Refund> {
  const { refundId, chargeId, amount } = request;
  await database.change(
    `INSERT INTO refunds (id, charge_id, amount_minor, currency, status)
     VALUES (:refundId, :chargeId, :amountMinor, :currency, 'open')
         ON DUPLICATE KEY UPDATE id = id`,
    { refundId, chargeId, amountMinor: amount.amount, currency: amount.currency },
    tx,
  );
  return getRefund(refundId, tx);
}

function refuseOtherPayload(refund: Refund, { chargeId, amount }: RefundRequest): void {
  const isSame =
    refund.chargeId === chargeId &&
    refund.amountMinor === amount.amount &&
    refund.currency === amount.currency;
  if (!isSame) throw refundDiffers('A refund is made once; send another payload under a fresh id.');
}

/** Why a charge could not give the refund. */
function declineCodeOf(charge: Charge | null, { currency }: Refund): string {
  if (charge?.status !== 'captured') return 'not_captured';
  return charge.currency === currency ? 'exceeds_captured' : 'wrong_currency';
}

/** Takes the refund from what is left of the capture: one UPDATE decides, whoever else refunds at the same time. */
async function takeFromCharge(database: Database, tx: Transaction, refund: Refund): Promise<RefundOutcome> {
  const { chargeId, amountMinor, currency } = refund;
  // Locked before it is asked, so that a refusal names what it met, and not what came of the charge since.
  const charge = await lockCharge(chargeId, tx);
  const taken = await database.change(
    `UPDATE charges SET refunded_minor = refunded_minor + :amountMinor, refund_count = refund_count + 1
      WHERE id = :chargeId AND status = 'captured' AND currency = :currency
        AND refunded_minor + :amountMinor <= amount_minor`,
    { chargeId, amountMinor, currency },
    tx,
  );
  if (taken === 1) return { status: 'refunded', declineCode: null };
  return { status: 'declined', declineCode: declineCodeOf(charge, refund) };
}

/** Makes a refund: stores it, takes it from what was captured, or declines it; a repeat finds the same outcome. */
export async function makeRefund(
  { database }: { database: Database },
  request: RefundRequest,
): Promise<RefundOutcome> {
  return database.transaction(async (tx) => {
    const refund = await receive(database, tx, request);
    refuseOtherPayload(refund, request);
    const known = outcomeOf(refund);
    if (known) return known;
    const outcome = await takeFromCharge(database, tx, refund);
    await refund.update(outcome, { transaction: tx });
    return outcome;
  });
}
