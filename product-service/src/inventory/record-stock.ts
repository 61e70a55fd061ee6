import { recordEvents } from '@tradepost/events/record-event.ts';
import type { NewEvent } from '@tradepost/events/declare-events.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { stockEvent } from '../events.ts';

export interface StockRow {
  productId: string;
  onHand: number | string;
  reserved: number | string;
  version: number;
}

/** The event that tells the stock of a product after a change. */
export function toStockEvent({ productId, version: sequence, ...amounts }: StockRow): NewEvent {
  const onHand = Number(amounts.onHand);
  const reserved = Number(amounts.reserved);
  const data = { productId, onHand, reserved, available: onHand - reserved };
  return stockEvent({ type: 'stock.changed', subject: productId, sequence, data });
}

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
