import { Op, type Transaction } from 'sequelize';
import { Charge, type ChargeOutcome } from './charge.model.ts';

type RestedCharge = Charge & { status: ChargeOutcome['status'] };

/** What a charge rests as; undefined while it is open. */
export function outcomeOf({ status, declineCode }: Charge): ChargeOutcome | undefined {
  return status === 'open' ? undefined : { status, declineCode };
}

/** What became of a charge; undefined when nothing has, so that it is safe to send it again. */
export async function findOutcome(chargeId: string): Promise<ChargeOutcome | undefined> {
  const charge = await Charge.findByPk(chargeId);
  return charge ? outcomeOf(charge) : undefined;
}

/** A charge that is there: none is ever deleted. */
export function getCharge(chargeId: string, tx: Transaction): Promise<Charge> {
  return Charge.findByPk(chargeId, { transaction: tx, rejectOnEmpty: true });
}

/** A charge that stays as it is until the transaction ends. */
export function lockCharge(chargeId: string, tx: Transaction): Promise<Charge | null> {
  return Charge.findByPk(chargeId, { transaction: tx, lock: true });
}

/** Charges that rest, in ascending id, one more than asked for. */
export function listRested(limit: number, cursor?: string): Promise<RestedCharge[]> {
  return Charge.findAll({
    where: { status: { [Op.ne]: 'open' }, ...(cursor !== undefined && { id: { [Op.gt]: cursor } }) },
    order: ['id'],
    limit: limit + 1,
  }) as Promise<RestedCharge[]>;
}

/** A tombstone has neither order nor amount. */
export function viewCharge(charge: RestedCharge) {
  const { id: chargeId, orderId, status, amountMinor, refundedMinor, currency, createdAt } = charge;
  const isTombstone = amountMinor === null || currency === null;
  return {
    chargeId,
    orderId,
    status,
    amount: isTombstone ? null : { amount: amountMinor, currency },
    refunded: isTombstone ? null : { amount: refundedMinor, currency },
    createdAt: createdAt.toISOString(),
  };
}
