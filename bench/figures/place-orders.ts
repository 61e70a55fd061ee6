import type { LoadRequest } from '../load/run-wrk.ts';
import { checkExact } from '../shop/check-exact.ts';
import type { OpenedBench } from '../shop/open-bench.ts';
import type { Sample } from '../measure/sample.ts';
import type { Figure } from './figure.ts';

const shipTo = { name: 'Ada Lind', line1: 'Lindenstrasse 5', city: 'Berlin', country: 'DE' };
const requests = 5_000;

function place(token: string, productId: string): LoadRequest {
  const headers = { Authorization: `Bearer ${token}`, 'Idempotency-Key': '{key}' };
  return {
    method: 'POST',
    path: '/api/v1/orders',
    headers,
    body: { items: [{ productId, quantity: 1 }], shipTo },
  };
}

/** Orders of one piece by many buyers, each for one of some products. */
function orders({ tokens, shop }: OpenedBench, products: number): LoadRequest[] {
  return Array.from({ length: requests }, (_, number) =>
    place(tokens[number % tokens.length] ?? '', shop.productIds[Math.floor(Math.random() * products)] ?? ''),
  );
}

async function buy(bench: OpenedBench, { products, clients }: { products: number; clients: number }) {
  const plan = { requests: orders(bench, products), connections: clients, countsStatuses: true };
  const { load, ...sample } = await bench.load(plan);
  const placed = load.statuses['201'] ?? 0;
  if (placed < load.requests)
    throw new Error(
      `Only ${placed} of ${load.requests} orders answered 201: ${JSON.stringify(load.statuses)}.`,
    );
  return sample;
}

async function plain(
  bench: OpenedBench,
  { products, clients }: { products: number; clients: number },
): Promise<Sample> {
  const { requests: placed, ...figure } = await bench.plain.measure({
    connections: clients,
    seconds: bench.seconds,
    products,
  });
  return { value: placed / figure.seconds, p50Ms: figure.p50Ms, p99Ms: figure.p99Ms };
}

const check = (bench: OpenedBench): Promise<string[]> => checkExact(bench.shop.stack);
const all = ({ shop }: OpenedBench): number => shop.productIds.length;

export const placeOrders: Figure = {
  goal: 'G4',
  says: 'POST /orders, 64 clients, many products; the two plain transactions over 64 connections',
  unit: '/s',
  replicas: [1, 2],
  limit: { atLeast: 1 },
  judges: 'ratio',
  reference: (bench) => plain(bench, { products: all(bench), clients: 64 }),
  ours: (bench) => buy(bench, { products: all(bench), clients: 64 }),
  check,
};

export const placeOrdersOfOneProduct: Figure = {
  goal: 'G5',
  says: 'POST /orders, 64 clients, one product; the rate over many products',
  unit: '/s',
  replicas: [1, 2],
  limit: { atLeast: 1 },
  judges: 'ratio',
  reference: (bench) => buy(bench, { products: all(bench), clients: 64 }),
  ours: (bench) => buy(bench, { products: 1, clients: 64 }),
  check,
};

export const placeOneOrder: Figure = {
  goal: 'G6',
  says: 'POST /orders, one client, median in ms; the two plain transactions, one connection',
  unit: 'ms',
  replicas: [1, 2],
  limit: { atMost: 3 },
  judges: 'ratio',
  reference: async (bench) => {
    const sample = await plain(bench, { products: all(bench), clients: 1 });
    return { ...sample, value: sample.p50Ms ?? NaN };
  },
  ours: async (bench) => {
    const sample = await buy(bench, { products: all(bench), clients: 1 });
    return { ...sample, value: sample.p50Ms ?? NaN };
  },
  check,
};
