import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { Op, type Transaction } from 'sequelize';
import { Order } from '../orders/order.model.ts';
import { isOwn } from '../orders/orders.queries.ts';
import { Payment } from './payment.model.ts';

/** How often an order may be charged in vain, over all its payments. */
export const maxAttempts = 5;

/** A payment that is there: its row was just written, and none is ever deleted. */
export function getPayment(paymentId: string, tx?: Transaction): Promise<Payment> {
  return Payment.findByPk(paymentId, { transaction: tx ?? null, rejectOnEmpty: true });
}

/** The payment of an order that has not come to its end; there is at most one. */
export function findOpenPayment(orderId: string): Promise<Payment | null> {
  return Payment.findOne({ where: { orderId, status: 'processing' } });
}

/** The newest payment of an order. */
export function findLatestPayment(orderId: string, tx?: Transaction): Promise<Payment | null> {
  return Payment.findOne({ where: { orderId }, order: [['id', 'DESC']], transaction: tx ?? null });
}

/** The payment that took the money of an order. */
export function getCapturedPayment(orderId: string): Promise<Payment> {
  return Payment.findOne({ where: { orderId, status: 'captured' }, rejectOnEmpty: true });
}

/** How often an order was charged in vain so far, over all its payments. */
export async function countAttempts(orderId: string, tx?: Transaction): Promise<number> {
  return Number(await Payment.sum('attempts', { where: { orderId }, transaction: tx ?? null }));
}

export interface Settled {
  payment: Payment;
  /** How often the order may still be charged. */
  attemptsLeft: number;
  /** Whether the buyer may try again: attempts are left, and nobody has cancelled. */
  retryable: boolean;
}

/** A payment, and whether its order may be charged again if it came to nothing. */
export async function getSettled(paymentId: string): Promise<Settled> {
  const payment = await getPayment(paymentId);
  const order = await Order.findByPk(payment.orderId, { rejectOnEmpty: true });
  const attemptsLeft = maxAttempts - (await countAttempts(order.id));
  return { payment, attemptsLeft, retryable: attemptsLeft > 0 && order.cancelReason === null };
}

/** A payment of one's own order, or any for an admin; somebody else's does not exist. */
export async function findOwnPayment(paymentId: string, caller: Caller): Promise<Payment> {
  const payment = await Payment.findByPk(paymentId);
  const order = payment && (await Order.findByPk(payment.orderId));
  if (!order || !isOwn(order, caller)) throw notFound('There is no such payment.');
  return payment;
}

/** Payments of an order, newest first, one more than asked for. */
export function listPayments(orderId: string, limit: number, cursor?: string): Promise<Payment[]> {
  return Payment.findAll({
    where: { orderId, ...(cursor && { id: { [Op.lt]: cursor } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
}

export function viewPayment(payment: Payment) {
  const { id, orderId, amountMinor, currency, status, declineCode, attempts, createdAt } = payment;
  return {
    id,
    orderId,
    amount: { amount: Number(amountMinor), currency },
    status,
    declineCode,
    attempts,
    createdAt: createdAt.toISOString(),
  };
}
