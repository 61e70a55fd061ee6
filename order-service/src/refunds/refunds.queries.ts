import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { Op, type Transaction } from 'sequelize';
import { findOrder } from '../orders/orders.queries.ts';
import { Refund } from './refund.model.ts';

/**
 * What the caller may give back of an order: the total of their own lines; null for an admin, who may give back all.
 * An order that holds nothing of theirs does not exist.
 */
export async function findRefundable(
  orderId: string,
  caller: Caller,
  tx?: Transaction,
): Promise<{ sellersMinor: number | null }> {
  const placed = await findOrder(orderId, tx);
  if (placed && caller.roles.includes('admin')) return { sellersMinor: null };
  const own = placed?.items.filter(({ sellerId }) => sellerId === caller.id) ?? [];
  if (own.length === 0) throw notFound('There is no such order.');
  const sellersMinor = own.reduce(
    (sum, { quantity, unitPriceMinor }) => sum + quantity * Number(unitPriceMinor),
    0,
  );
  return { sellersMinor };
}

/** The oldest refund of an order that has not come to its end. */
export function findPendingRefund(orderId: string): Promise<Refund | null> {
  return Refund.findOne({ where: { orderId, status: 'pending' }, order: ['id'] });
}

export async function hasPendingRefund(orderId: string, tx: Transaction): Promise<boolean> {
  return (await Refund.findOne({ where: { orderId, status: 'pending' }, transaction: tx })) !== null;
}

/** What a seller has given back of an order so far, and is about to. */
export async function sumRefunds(orderId: string, sellerId: string, tx: Transaction): Promise<number> {
  const where = { orderId, sellerId, status: ['pending', 'refunded'] };
  return Number(await Refund.sum('amountMinor', { where, transaction: tx }));
}

/** A refund that is there: its row was just written, and none is ever deleted. */
export function getRefund(refundId: string, tx?: Transaction): Promise<Refund> {
  return Refund.findByPk(refundId, { transaction: tx ?? null, rejectOnEmpty: true });
}

/** Refunds of an order, newest first, one more than asked for; for a seller only their own. */
export function listRefunds(
  orderId: string,
  { sellerId, limit, cursor }: { sellerId?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<Refund[]> {
  return Refund.findAll({
    where: { orderId, ...(sellerId && { sellerId }), ...(cursor && { id: { [Op.lt]: cursor } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
}

export function viewRefund({ id, orderId, amountMinor, currency, status, createdAt }: Refund) {
  return {
    id,
    orderId,
    amount: { amount: Number(amountMinor), currency },
    status,
    createdAt: createdAt.toISOString(),
  };
}
