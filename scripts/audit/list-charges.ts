import type { AuditedCharge } from '../../order-service/src/clients/audit-client.ts';
import type { Reader } from './in-snapshot.ts';

interface Selection {
  after: string;
  orderIds: readonly string[] | undefined;
}

/** Charges that rest at the simulated provider, in ascending id. */
export async function listCharges(
  { select }: Reader,
  { after, orderIds }: Selection,
): Promise<AuditedCharge[]> {
  const rows = await select<AuditedCharge>(
    `SELECT id AS chargeId, order_id AS orderId, status, amount_minor AS amountMinor, currency, refunded_minor AS refundedMinor
       FROM charges WHERE status <> 'open' AND id > :after ${orderIds === undefined ? '' : 'AND order_id IN (:orderIds)'}
      ORDER BY id LIMIT 1000`,
    { after, orderIds },
  );
  return rows.map(({ amountMinor, refundedMinor, ...row }) => ({
    ...row,
    amountMinor: amountMinor === null ? null : Number(amountMinor),
    refundedMinor: Number(refundedMinor),
  }));
}
