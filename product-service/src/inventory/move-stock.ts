import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import { LedgerEntry, type MoveKind } from './ledger-entry.model.ts';
import { recordStock } from './record-stock.ts';

export interface Move {
  productId: string;
  kind: MoveKind;
  onHandDelta: number;
  reservedDelta: number;
  reason?: string;
  orderId?: string;
}

/**
 * Moves stock and writes its ledger: every move whose row can take it (0 <= reserved <= onHand afterwards).
 * The rows come last before COMMIT but for their events, because whoever wants the same product waits from here on, and
 * in ascending product id, because two transactions that take rows in different orders wait for each other.
 * @param moves at most one for each product
 * @returns the ids of the ledger entries, in the order of the moves; undefined when some row could not take its
 *   move: the caller must then roll back
 */
export async function moveStock(
  database: Database,
  tx: Transaction,
  moves: readonly Move[],
): Promise<string[] | undefined> {
  const entries = moves.map((move) => ({ reason: null, orderId: null, ...move, id: uuidv7() }));
  await LedgerEntry.bulkCreate(entries, { transaction: tx });
  const rows = moves
    .map(({ productId, onHandDelta, reservedDelta }) => ({ productId, onHandDelta, reservedDelta }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1));
  const moved = await database.change(
    `UPDATE JSON_TABLE(:rows, '$[*]' COLUMNS (
         product_id     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$.productId',
         on_hand_delta  BIGINT PATH '$.onHandDelta',
         reserved_delta BIGINT PATH '$.reservedDelta')) AS move
       STRAIGHT_JOIN stock ON stock.product_id = move.product_id
        SET stock.on_hand = stock.on_hand + move.on_hand_delta, stock.reserved = stock.reserved + move.reserved_delta,
            stock.version = stock.version + 1
      WHERE stock.reserved + move.reserved_delta BETWEEN 0 AND stock.on_hand + move.on_hand_delta`,
    { rows: JSON.stringify(rows) },
    tx,
  );
  if (moved !== rows.length) return undefined;
  await recordStock(
    database,
    tx,
    rows.map(({ productId }) => productId),
  );
  return entries.map(({ id }) => id);
}
