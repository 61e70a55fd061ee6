import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { type StockRow, toStockEvent } from '../events.ts';

/** Records the stock of products in the transaction that changed it: one event for each product. */
export async function recordStock(
  database: Database,
  tx: Transaction,
  productIds: readonly string[],
): Promise<void> {
  const rows = await database.select<StockRow>(
    `SELECT product_id AS productId, on_hand AS onHand, reserved, version FROM stock WHERE product_id IN (:productIds)`,
    { productIds },
    tx,
  );
  await recordEvents(database, tx, rows.map(toStockEvent));
}
