import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import { exceedsCaptured } from './refunds.errors.ts';

interface RecordRefund {
  orderId: string;
  amountMinor: number;
  reason: string;
  sellerId: string | null;
  refundId?: string;
}

/**
 * Writes down a refund with its id, before anything is sent. The affected row decides that all refunds of an order,
 * open ones included, never exceed what was captured; from then on the order is locked.
 * @throws exceeds-captured
 */
export async function recordRefund(
  database: Database,
  tx: Transaction,
  { orderId, amountMinor, reason, sellerId, refundId = uuidv7() }: RecordRefund,
): Promise<void> {
  const reserved = await database.change(
    `UPDATE orders SET refunded_minor = refunded_minor + :amountMinor, updated_at = updated_at
      WHERE id = :orderId AND refunded_minor + :amountMinor <= total_minor`,
    { orderId, amountMinor },
    tx,
  );
  // A free order has nothing to give back, and still is refunded.
  if (reserved === 0 && amountMinor > 0)
    throw exceedsCaptured('Refund at most what is left of the captured total.');
  await database.change(
    `INSERT INTO refunds (id, order_id, seller_id, status, amount_minor, currency, reason)
     SELECT :refundId, id, :sellerId, 'pending', :amountMinor, currency, :reason FROM orders WHERE id = :orderId`,
    { refundId, orderId, sellerId, amountMinor, reason },
    tx,
  );
}
