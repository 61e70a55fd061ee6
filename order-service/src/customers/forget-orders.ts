import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { erasedText } from './erasure.ts';
import { forgetAnswers } from './forget-answers.ts';

interface Forgotten {
  buyerId: string;
  /** Orders of this buyer that are over. */
  orderIds: readonly string[];
}

const atOnce = 500;

const erased = (column: string): string =>
  `JSON_OBJECT('name', :erased, 'line1', :erased, 'city', :erased, 'country', JSON_VALUE(${column}, '$.country'))`;

/** The version stays: it counts the moves. The ETag changes, because it covers the body of an erased order. */
async function emptyOrders(database: Database, tx: Transaction, orderIds: readonly string[]): Promise<void> {
  await database.change(
    `UPDATE orders
        SET ship_to = ${erased('ship_to')},
            bill_to = CASE WHEN JSON_TYPE(bill_to) = 'OBJECT' THEN ${erased('bill_to')} END,
            note = NULL, cancel_reason = IF(cancel_reason IS NULL, NULL, :erased), updated_at = updated_at
      WHERE id IN (:orderIds)`,
    { orderIds, erased: erasedText },
    tx,
  );
  await database.change(
    'UPDATE refunds SET reason = :erased WHERE order_id IN (:orderIds)',
    { orderIds, erased: erasedText },
    tx,
  );
}

/** Takes what is personal from orders of somebody who is gone, and from the answers that they got. Money and goods stay. */
export async function forgetOrders(
  database: Database,
  tx: Transaction,
  { buyerId, orderIds }: Forgotten,
): Promise<void> {
  for (let start = 0; start < orderIds.length; start += atOnce)
    await emptyOrders(database, tx, orderIds.slice(start, start + atOnce));
  await forgetAnswers(database, tx, buyerId);
}
