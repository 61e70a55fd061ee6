import { Op, type Transaction } from 'sequelize';
import { LedgerEntry } from './ledger-entry.model.ts';
import { Stock } from './stock.model.ts';

export async function findStock(productId: string): Promise<Stock> {
  const stock = await Stock.findByPk(productId);
  if (!stock) throw new Error(`Product ${productId} has no row of stock.`);
  return stock;
}

/** Rows of stock, locked in ascending order until the transaction ends. */
export function lockStock(productIds: string[], tx: Transaction): Promise<Stock[]> {
  return Stock.findAll({
    where: { productId: productIds },
    order: ['productId'],
    lock: true,
    transaction: tx,
  });
}

/** A ledger entry that is there: none is ever deleted. */
export function getEntry(entryId: string, tx?: Transaction): Promise<LedgerEntry> {
  return LedgerEntry.findByPk(entryId, { transaction: tx ?? null, rejectOnEmpty: true });
}

/** Ledger entries of a product, newest first, one more than asked for. */
export function listLedger(productId: string, limit: number, cursor?: string): Promise<LedgerEntry[]> {
  return LedgerEntry.findAll({
    where: { productId, ...(cursor && { id: { [Op.lt]: cursor } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
}

export function viewStock({ productId, onHand, reserved }: Stock, withInside: boolean) {
  return { productId, available: onHand - reserved, ...(withInside && { onHand, reserved }) };
}

export function viewEntry({ id, kind, onHandDelta, reservedDelta, reason, orderId, createdAt }: LedgerEntry) {
  return {
    id,
    kind,
    onHandDelta: Number(onHandDelta),
    reservedDelta: Number(reservedDelta),
    reason,
    orderId,
    createdAt: createdAt.toISOString(),
  };
}
