import type { Transaction } from 'sequelize';
import { Refund, type RefundOutcome } from './refund.model.ts';

/** What became of a refund; undefined while it is being decided. */
export function outcomeOf({ status, declineCode }: Refund): RefundOutcome | undefined {
  return status === 'open' ? undefined : { status, declineCode };
}

/** What became of a refund; undefined when it was never received. */
export async function findOutcome(refundId: string): Promise<RefundOutcome | undefined> {
  const refund = await Refund.findByPk(refundId);
  return refund ? outcomeOf(refund) : undefined;
}

/** A refund that is there: none is ever deleted. */
export function getRefund(refundId: string, tx: Transaction): Promise<Refund> {
  return Refund.findByPk(refundId, { transaction: tx, rejectOnEmpty: true });
}
