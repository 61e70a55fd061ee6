import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { erasedAddress } from './erasure.ts';

interface KeptRow {
  resourceId: string;
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

/** Removes personal data from the stored answers of a deleted buyer's orders. A repeat gets the rest. */
export async function forgetAnswers(database: Database, tx: Transaction, buyerId: string): Promise<void> {
  const rows = await database.select<KeptRow>(
    `SELECT resource_id AS resourceId, body
       FROM orders STRAIGHT_JOIN idempotency_answers ON resource_id = orders.id WHERE buyer_id = :buyerId`,
    { buyerId },
    tx,
  );
  for (const { resourceId, body: kept } of rows) {
    const body = withoutPersonal(kept);
    if (body === kept) continue;
    const sql = 'UPDATE idempotency_answers SET body = :body WHERE resource_id = :resourceId';
    await database.change(sql, { resourceId, body }, tx);
  }
}
