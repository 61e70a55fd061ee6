import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { moveOrder } from '../orders/move-order.ts';
import type { PaymentMeans } from '../orders/order.model.ts';
import { scheduleStep } from '../saga/schedule-step.ts';

interface RecordPayment extends PaymentMeans {
  orderId: string;
  paymentId: string;
  /** Only while the payment window of the order is open. */
  inWindow?: boolean;
}

/**
 * Writes down a payment with the id of its charge, before anything is sent, and moves its order to `paying`.
 * False when the order does not wait for a payment, or not any more.
 */
export async function recordPayment(
  database: Database,
  tx: Transaction,
  { orderId, paymentId, inWindow = false, method, token }: RecordPayment,
): Promise<boolean> {
  const moved = await moveOrder(database, tx, {
    orderId,
    from: ['awaiting_payment'],
    to: 'paying',
    inWindow,
  });
  if (!moved) return false;
  await database.change(
    `INSERT INTO payments (id, order_id, live_order_id, status, amount_minor, currency, method, token)
     SELECT :paymentId, id, id, 'processing', total_minor, currency, :method, :token FROM orders WHERE id = :orderId`,
    { paymentId, orderId, method, token },
    tx,
  );
  await scheduleStep(database, { orderId, next: 'charge' }, tx);
  return true;
}
