import type pLimit from 'p-limit';
import { Refusal } from '../local/refusal.ts';
import type { Shop } from './open-shop.ts';
import type { Ware } from './plan-catalogue.ts';

export interface StockSums {
  initial: number;
  available: number;
  reserved: number;
  /** One sentence for each product whose stock is not what it should be. */
  complaints: string[];
}

export interface Checking {
  productIds: Map<string, string>;
  limit: ReturnType<typeof pLimit>;
  onProgress: (checked: number) => void;
}

/** None of the orders is paid yet: all that was ordered is still reserved. */
const soldUnits = 0;

/** Asks for the stock of every ware, and whether initial stock = available + reserved + sold. */
export async function checkStock(
  { session }: Shop,
  wares: readonly Ware[],
  { productIds, limit, onProgress }: Checking,
): Promise<StockSums> {
  const sums: StockSums = { initial: 0, available: 0, reserved: 0, complaints: [] };
  let checked = 0;
  await limit.map(wares, async ({ name, initialStock }) => {
    const path = `/products/${productIds.get(name) ?? ''}/inventory`;
    const { status, body } = await session.call({ method: 'GET', path });
    if (status !== 200)
      throw new Refusal(`GET ${path} answered ${status}: read the logs of product-service.`);
    const { available, reserved } = body as { available: number; reserved: number };
    sums.initial += initialStock;
    sums.available += available;
    sums.reserved += reserved;
    if (initialStock !== available + reserved + soldUnits) {
      sums.complaints.push(
        `${name}: ${initialStock} at first, now ${available} available and ${reserved} reserved.`,
      );
    }
    onProgress((checked += 1));
  });
  return sums;
}
