import type { AuditedCharge } from '../clients/audit-client.ts';
import type { AuditedPayment } from './audit.queries.ts';
import { mergeJoin } from './merge-join.ts';
import { startTally, type Tally, tallyOne } from './tally.ts';

interface Sides {
  payments: AsyncIterable<AuditedPayment>;
  charges: AsyncIterable<AuditedCharge>;
}

type Payment = AuditedPayment | undefined;
type Charge = AuditedCharge | undefined;

const isNoted = (payment: Payment): boolean => payment?.status === 'captured';
const isTaken = (charge: Charge): boolean => charge?.status === 'captured';

/** Somebody who is at the order may be about to note what the provider did; a charge that nobody wrote down never is. */
const isSettled = (payment: Payment): boolean => payment?.isIdle ?? true;

const orderOf = (payment: Payment, charge: Charge): string => (payment ?? charge)?.orderId ?? '';

function isSameCapture(payment: Payment, charge: Charge): boolean {
  return isNoted(payment) && isTaken(charge) && payment?.orderId === charge?.orderId;
}

function isSameMoney(payment: AuditedPayment, charge: AuditedCharge): boolean {
  const isCharged = charge.amountMinor === payment.amountMinor && charge.currency === payment.currency;
  return isCharged && (!payment.isIdle || charge.refundedMinor === payment.refundedMinor);
}

/**
 * Compares the payments with the charges at the provider, both in ascending charge id.
 * That an order is captured at most once there, follows: each capture there is a captured payment here, and of these an
 * order has at most one, which ordersDB can tell alone.
 */
export async function compareCharges({ payments, charges }: Sides): Promise<Tally[]> {
  const captured = startTally(
    5,
    'the provider has captured what is noted as captured, once, and nothing else (once idle)',
  );
  const money = startTally(
    6,
    'the provider has captured the amount of the payment, and given back what is noted as refunded',
  );
  for await (const [payment, charge] of mergeJoin(payments, charges, ({ chargeId }) => chargeId)) {
    if (!isNoted(payment) && !isTaken(charge)) continue;
    const orderId = orderOf(payment, charge);
    if (isSettled(payment)) tallyOne(captured, orderId, isSameCapture(payment, charge));
    if (payment && charge && isSameCapture(payment, charge))
      tallyOne(money, orderId, isSameMoney(payment, charge));
  }
  return [captured, money];
}
