import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { stockEvent } from '../events.ts';
import type { MoveKind } from './ledger-entry.model.ts';

interface Moved {
  productId: string;
  kind: MoveKind;
  orderId?: string;
}

interface StockRow {
  productId: string;
  onHand: number | string;
  reserved: number | string;
  version: number;
}

/** Tells others how much there is now of products whose stock was just moved, in the transaction that moved it. */
export async function recordStock(
  database: Database,
  tx: Transaction,
  moves: readonly Moved[],
): Promise<void> {
  const rows = await database.select<StockRow>(
    `SELECT product_id AS productId, on_hand AS onHand, reserved, version FROM stock WHERE product_id IN (:productIds)`,
    { productIds: moves.map(({ productId }) => productId) },
    tx,
  );
  const byId = new Map(rows.map((row) => [row.productId, row]));
  const events = moves.map(({ productId, kind, orderId = null }) => {
    const row = byId.get(productId);
    if (!row) throw new Error(`Product ${productId} has no row of stock.`);
    const [onHand, reserved] = [Number(row.onHand), Number(row.reserved)];
    const data = { productId, kind, orderId, onHand, reserved, available: onHand - reserved };
    return stockEvent({ type: 'stock.changed', subject: productId, sequence: row.version, data });
  });
  await recordEvents(database, tx, events);
}
