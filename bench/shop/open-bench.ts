import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Load, type LoadRequest, runWrk } from '../load/run-wrk.ts';
import { cpuBetween, readCpu } from '../measure/process-figures.ts';
import { openPlainOrders, type PlainOrders } from '../references/plain-orders.ts';
import { openStaticFiles, type StaticFiles } from '../references/static-files.ts';
import type { Sample } from '../measure/sample.ts';
import { type BenchShop, openShop, type ShopOptions } from './open-shop.ts';

/** Everything that a figure needs: the shop, its references, and a way to load both. */
export interface OpenedBench {
  shop: BenchShop;
  plain: PlainOrders;
  files: StaticFiles;
  /** Of the buyers; fresh at the start of each figure. */
  tokens: readonly string[];
  seconds: number;
  directory: string;
  /** Loads an address with wrk, and returns the rate with the processor time of each process of the shop. */
  load(options: LoadPlan): Promise<Sample & { load: Load }>;
  stop(): Promise<void>;
}

export interface LoadPlan {
  requests: readonly LoadRequest[];
  connections: number;
  /** The shop's door when left out. */
  url?: string;
  countsStatuses?: boolean;
}

const database = 'benchDB';
const account = { user: 'bench', password: 'bench' };

async function openPlain({ stack, productIds }: BenchShop): Promise<PlainOrders> {
  const root = await stack.database.connectAsRoot();
  await root.query(
    `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database};
     CREATE USER IF NOT EXISTS '${account.user}'@'%' IDENTIFIED BY '${account.password}';
     GRANT ALL ON ${database}.* TO '${account.user}'@'%'`,
  );
  await root.end();
  const { host, port } = stack.database;
  return openPlainOrders({ host, port, database, ...account }, productIds.length);
}

/** Starts a shop with its data and its references. */
export async function openBench(options: ShopOptions & { seconds: number }): Promise<OpenedBench> {
  const { seconds, directory } = options;
  const shop = await openShop({ ...options, directory: join(directory, 'shop') });
  const plain = await openPlain(shop);
  const filesDirectory = join(directory, 'static');
  await mkdir(filesDirectory, { recursive: true });
  const files = await openStaticFiles(filesDirectory);
  return {
    shop,
    plain,
    files,
    tokens: await shop.logInBuyers(),
    seconds,
    directory,
    async load({ url = shop.stack.url, ...plan }) {
      const before = readCpu(shop.stack);
      const load = await runWrk({ ...plan, url, seconds, directory });
      const used = cpuBetween(before, readCpu(shop.stack));
      const cpu = new Map([...used].map(([name, spent]) => [name, (spent * 1e6) / load.requests]));
      return { load, value: load.requests / load.seconds, p50Ms: load.p50Ms, p99Ms: load.p99Ms, cpu };
    },
    async stop() {
      await plain.close();
      await files.stop();
      await shop.stop();
    },
  };
}
