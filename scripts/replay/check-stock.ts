import { setTimeout as wait } from 'node:timers/promises';
import type pLimit from 'p-limit';
import { Refusal } from '../local/refusal.ts';
import type { Shop } from './open-shop.ts';
import type { Ware } from './plan-catalogue.ts';

export interface StockSums {
  initial: number;
  available: number;
  reserved: number;
  sold: number;
  /** One sentence for each product whose stock is not what it should be. */
  complaints: string[];
}

export interface Checking {
  productIds: Map<string, string>;
  /** Units by product, as the orders tell. */
  sold: ReadonlyMap<string, number>;
  limit: ReturnType<typeof pLimit>;
  onProgress: (checked: number) => void;
}

interface Inventory {
  available: number;
  onHand: number;
  reserved: number;
}

const patienceMs = 30_000;
const pollMs = 500;

/** The stock of a product once no order holds any of it: goods are committed a moment after they are paid. */
async function readAtRest(session: Shop['session'], path: string): Promise<Inventory> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const { status, body } = await session.call({ method: 'GET', path });
    if (status !== 200)
      throw new Refusal(`GET ${path} answered ${status}: read the logs of product-service.`);
    const inventory = body as Inventory;
    if (inventory.reserved === 0 || performance.now() > giveUpAt) return inventory;
    await wait(pollMs);
  }
}

/** Asks for the stock of every ware, and whether what is left and what was sold is what there was at first. */
export async function checkStock(
  { session }: Shop,
  wares: readonly Ware[],
  { productIds, sold, limit, onProgress }: Checking,
): Promise<StockSums> {
  const sums: StockSums = { initial: 0, available: 0, reserved: 0, sold: 0, complaints: [] };
  let checked = 0;
  await limit.map(wares, async ({ name, initialStock }) => {
    const productId = productIds.get(name) ?? '';
    const { available, onHand, reserved } = await readAtRest(session, `/products/${productId}/inventory`);
    sums.initial += initialStock;
    sums.available += available;
    sums.reserved += reserved;
    sums.sold += initialStock - onHand;
    if (reserved !== 0 || initialStock - onHand !== (sold.get(productId) ?? 0)) {
      sums.complaints.push(
        `${name}: ${initialStock} at first and ${sold.get(productId) ?? 0} sold, now ${onHand} on hand and ${reserved} reserved.`,
      );
    }
    onProgress((checked += 1));
  });
  return sums;
}
