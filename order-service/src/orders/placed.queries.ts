import type { Transaction } from 'sequelize';
import type { Payment } from '../payments/payment.model.ts';
import { findLatestPayment } from '../payments/payments.queries.ts';
import { getOrder, type PlacedOrder, viewOrder } from './orders.queries.ts';

/** An order with what became of the payment that came with it. */
export interface Placed extends PlacedOrder {
  payment: Payment | null;
}

/** An order that was just placed, or whose placing died half-way. */
export async function getPlaced(orderId: string, tx?: Transaction): Promise<Placed> {
  const placed = await getOrder(orderId, tx);
  const cameWithPayment = placed.order.rememberedPayment !== null;
  return { ...placed, payment: cameWithPayment ? await findLatestPayment(orderId, tx) : null };
}

/** What the buyer gets who has just placed an order: only this answer tells of the payment that came with it. */
export function viewPlaced({ payment, ...placed }: Placed) {
  if (placed.order.rememberedPayment === null) return viewOrder(placed);
  const made = payment && { id: payment.id, status: payment.status, declineCode: payment.declineCode };
  return { ...viewOrder(placed), payment: made };
}
