import type { LoadRequest } from '../load/run-wrk.ts';
import type { OpenedBench } from '../shop/open-bench.ts';
import type { Sample } from '../measure/sample.ts';
import type { Figure } from './figure.ts';

const connections = 32;
const reads = 5_000;

const read = (path: string): LoadRequest => ({ method: 'GET', path: `/api/v1${path}` });

/** Ids as buyers read them: a few products often, most of them rarely (log-uniform by rank). */
function logUniform(ids: readonly string[]): LoadRequest[] {
  return Array.from({ length: reads }, () => {
    const rank = Math.floor(ids.length ** Math.random()) - 1;
    return read(`/products/${ids[rank]}`);
  });
}

async function fileOf(bench: OpenedBench, path: string, name: string): Promise<Sample> {
  const answer = await fetch(`${bench.shop.stack.url}/api/v1${path}`);
  const file = await bench.files.put(name, await answer.text());
  return bench.load({ url: bench.files.url, requests: [{ method: 'GET', path: file }], connections });
}

const oneProduct = ({ shop }: OpenedBench): string => `/products/${shop.productIds[0]}`;
const list = '/products?limit=20';

export const readProduct: Figure = {
  goal: 'G1',
  says: 'GET one product of 10,000, warm, 32 clients; a static file with the same bytes',
  unit: '/s',
  replicas: [1, 2],
  limit: { atLeast: 0.5 },
  judges: 'ratio',
  reference: (bench) => fileOf(bench, oneProduct(bench), 'product.json'),
  ours: (bench) => bench.load({ requests: logUniform(bench.shop.productIds), connections }),
};

export const listProducts: Figure = {
  goal: 'G2',
  says: 'GET 20 products, warm, 32 clients; a static file with the same bytes',
  unit: '/s',
  replicas: [1, 2],
  limit: { atLeast: 0.8 },
  judges: 'ratio',
  reference: (bench) => fileOf(bench, list, 'list.json'),
  ours: (bench) => bench.load({ requests: [read(list)], connections }),
};

/** Straight to one replica of product-service, so that no cache of Nginx answers. */
function direct(bench: OpenedBench, path: string) {
  const port = bench.shop.stack.processes['product-service'][0]?.plan.environment.PORT;
  return bench.load({ url: `http://127.0.0.1:${port}`, requests: [read(path)], connections });
}

export const searchProducts: Figure = {
  goal: 'G2q',
  says: 'GET 20 products with a word that all products have, not cached; the list without it, not cached',
  unit: '/s',
  replicas: [1],
  limit: { atLeast: 0.5 },
  judges: 'ratio',
  reference: (bench) => direct(bench, list),
  ours: (bench) => direct(bench, `${list}&q=kettle`),
};
