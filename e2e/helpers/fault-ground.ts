import type { StackOptions } from '../../scripts/local/start-stack.ts';
import { LinkProxies } from '../../scripts/prove/link-proxies.ts';
import { runStack, type TestStack } from './run-stack.ts';
import { type Person, type Product, Shop } from './shop.ts';

/** A shop to do harm to, with people in it and a product of which there is always enough. */
export interface FaultGround {
  stack: TestStack;
  /** Between all processes when the ground is proxied; else there are none. */
  proxies: LinkProxies;
  shop: Shop;
  seller: Person;
  buyer: Person;
  product: Product;
  close(): Promise<void>;
}

interface GroundOptions extends Partial<Omit<StackOptions, 'throughPort'>> {
  /** Whether a fault proxy stands in each way from one process to another. */
  isProxied?: boolean;
}

export const plenty = 1_000_000;

/** Everything as npm start starts it, with two replicas of each service. */
export async function openGround({
  isProxied = false,
  ...options
}: GroundOptions = {}): Promise<FaultGround> {
  const proxies = await LinkProxies.open();
  const stack = await runStack({
    ...options,
    ...(isProxied && { throughPort: proxies.throughPort }),
  }).catch((error: unknown) => {
    proxies.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await stack.remove();
    proxies.close();
  };
  try {
    const shop = new Shop(stack.url);
    const seller = await shop.registerSeller(stack.admin);
    const buyer = await shop.register();
    return { stack, proxies, shop, seller, buyer, product: await shop.offer(seller, plenty), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How often a process of ours has ended without being told to; the database is not one of them. */
export function countDeaths({ processes, nginx }: TestStack): number {
  const all = [...Object.values(processes).flat(), nginx];
  return all.reduce((sum, { deaths }) => sum + deaths, 0);
}
