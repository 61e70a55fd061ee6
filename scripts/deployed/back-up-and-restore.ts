import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadShop } from '../load/open-shop.ts';
import { verifyOrders } from '../load/verify-orders.ts';
import type { Finding } from './print-findings.ts';
import { runScript } from './run-script.ts';

export interface Restorable {
  place: 'compose' | 'cluster';
  url: string;
  shop: LoadShop;
  orders: ReadonlySet<string>;
  /** Settings that tell the commands which place is meant. */
  settings?: NodeJS.ProcessEnv;
  /** Destroys the data, and ends with databases that run and services that do not. */
  destroy(): Promise<unknown>;
  /** Starts the services, and ends when they answer. */
  start(): Promise<unknown>;
}

/** What an operator does on the worst day; both commands compare all sums by themselves. */
export async function backUpAndRestore(shop: Restorable): Promise<Finding> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-backup-'));
  const run = (command: string, ...args: string[]): Promise<boolean> =>
    runScript([`scripts/${command}.ts`, ...args], shop.settings);
  try {
    const backedUp = await run('backup', '--from', shop.place, '--to', join(directory, 'backup'));
    await shop.destroy();
    const restored = await run('restore', '--into', shop.place, '--from', join(directory, 'backup'), '--yes');
    await shop.start();
    const complaints = await verifyOrders(shop.url, shop.shop, shop.orders);
    return {
      check: 'npm run backup, all data destroyed, npm run restore',
      expected: `the same sums, ${shop.orders.size} orders, stock exact`,
      got: `backup ${backedUp ? 'ok' : 'failed'}, restore ${restored ? 'ok' : 'failed'}, ${shop.orders.size} orders, ${complaints.slice(0, 3).join(' ') || 'stock exact'}`,
      passed: backedUp && restored && complaints.length === 0,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
