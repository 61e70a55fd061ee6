import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { paymentEvent } from '../events.ts';

interface AttemptedPayment {
  paymentId: string;
  orderId: string;
  version: number;
  status: string;
  declineCode: string | null;
  attempts: number;
  amountMinor: number | string;
  currency: string;
}

/** Tells others of an attempt that was just noted, in the transaction that noted it. */
export async function recordAttempt(database: Database, tx: Transaction, paymentId: string): Promise<void> {
  const [payment] = await database.select<AttemptedPayment>(
    `SELECT id AS paymentId, order_id AS orderId, version, status, decline_code AS declineCode, attempts,
            amount_minor AS amountMinor, currency
       FROM payments WHERE id = :paymentId`,
    { paymentId },
    tx,
  );
  if (!payment) throw new Error(`Payment ${paymentId} is not there.`);
  const { version: sequence, amountMinor, currency, ...attempt } = payment;
  const data = { ...attempt, amount: { amount: Number(amountMinor), currency } };
  const { orderId: partitionKey } = payment;
  await recordEvents(database, tx, [
    paymentEvent({ type: 'payment.attempted', subject: paymentId, partitionKey, sequence, data }),
  ]);
}
