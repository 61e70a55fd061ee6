import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { erasedAddress } from './erasure.ts';

interface KeptRow {
  scope: string;
  body: string;
}

interface Personal {
  shipTo?: { country: string };
  billTo?: object | null;
  note?: string | null;
}

/** Whatever was answered, in the shape that it had; of all that has a key only an order tells of people. */
function withoutPersonal(body: string): string {
  const answer = JSON.parse(body) as Personal;
  const { shipTo, billTo, note } = answer;
  return JSON.stringify({
    ...answer,
    ...(shipTo && { shipTo: erasedAddress(shipTo.country) }),
    ...(billTo && { billTo: null }),
    ...(note && { note: null }),
  });
}

/** Takes what is personal from the answers that are kept for the keys of somebody who is gone: repeats get the rest. */
export async function forgetAnswers(database: Database, tx: Transaction, callerId: string): Promise<void> {
  const rows = await database.select<KeptRow>(
    'SELECT scope, body FROM idempotency_keys WHERE caller_id = :callerId AND status IS NOT NULL',
    { callerId },
    tx,
  );
  for (const { scope, body: kept } of rows) {
    const body = withoutPersonal(kept);
    if (body === kept) continue;
    const sql = 'UPDATE idempotency_keys SET body = :body WHERE scope = :scope';
    await database.change(sql, { scope, body }, tx);
  }
}
