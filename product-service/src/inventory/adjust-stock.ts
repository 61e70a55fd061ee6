import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { claimKey, type Once } from '@tradepost/service-kit/idempotency.ts';
import { type EntityTags, requireMatch } from '@tradepost/service-kit/precondition.ts';
import { versionConflict } from '@tradepost/service-kit/problem.ts';
import { v7 as uuidv7 } from 'uuid';
import { readOwnProduct, versionFor, viewProduct } from '../products/products.queries.ts';
import { belowReserved } from './inventory.errors.ts';
import { getEntry, lockStock, viewStock } from './inventory.queries.ts';
import type { LedgerEntry } from './ledger-entry.model.ts';
import { moveStock } from './move-stock.ts';
import type { Stock } from './stock.model.ts';

export type Adjustment = { reason: string } & ({ delta: number } | { setTo: number; expectedOnHand: number });

interface AdjustStock {
  productId: string;
  caller: Caller;
  ifMatch: EntityTags | undefined;
  adjustment: Adjustment;
  once: Once<LedgerEntry>;
}

/** By how much the stock on hand moves; a target is only set on the stock that its sender counted. */
function toDelta(adjustment: Adjustment, stock: Stock): number {
  if ('delta' in adjustment) return adjustment.delta;
  if (adjustment.expectedOnHand !== stock.onHand) {
    const members = { current: viewStock(stock, true), changedFields: ['onHand'] };
    throw versionConflict('There is not as much on hand as you expected; count again.', { members });
  }
  return adjustment.setTo - adjustment.expectedOnHand;
}

/** Adjusts the stock on hand by hand: takes the key, moves the stock, writes the ledger and keeps the answer, at once. */
export async function adjustStock(
  { database }: { database: Database },
  { productId, caller, ifMatch, adjustment, once }: AdjustStock,
): Promise<void> {
  await database.transaction(async (tx) => {
    await claimKey(database, tx, { request: once.request, resourceId: uuidv7() });
    const product = await readOwnProduct(productId, caller, tx);
    if (ifMatch !== undefined)
      requireMatch(ifMatch, versionFor(product, caller), () => viewProduct(product, caller));
    // An adjustment is rare, so it locks the row before it looks: each refusal then tells exactly what it met.
    const [stock] = (await lockStock([productId], tx)) as [Stock];
    const onHandDelta = toDelta(adjustment, stock);
    if (stock.onHand + onHandDelta < stock.reserved) {
      throw belowReserved(`At least ${stock.reserved} must stay on hand; cancel orders or take less away.`);
    }
    const { reason } = adjustment;
    const move = { productId, kind: 'adjustment', onHandDelta, reservedDelta: 0, reason } as const;
    const [entryId] = (await moveStock(database, tx, [move])) ?? [];
    if (entryId === undefined) throw new Error(`The locked stock of product ${productId} did not move.`);
    await once.keep(await getEntry(entryId, tx), tx);
  });
}
