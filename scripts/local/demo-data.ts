import { join } from 'node:path';
import pLimit from 'p-limit';
import { grantRole, logIn, makeAccount } from './account-calls.ts';
import { createApiClient, type CallApi } from './api-client.ts';
import { readJson, writePrivately } from './data-directory.ts';
import { demoAccounts, type DemoAccount } from './demo-accounts.ts';
import { demoCatalogues, type DemoProduct } from './demo-products.ts';
import { Refusal } from './refusal.ts';
import type { Stack } from './start-stack.ts';

export interface LoadOptions {
  onProgress: (message: string) => void;
  signal?: AbortSignal;
}

interface Shop {
  token: string;
  sellerId: string;
  catalogue: DemoProduct[];
}

const requestsAtOnce = 4;

/** The names that a seller offers already: an interrupted start goes on where it stopped. */
async function namesOffered(callApi: CallApi, { sellerId, token }: Shop): Promise<Set<string>> {
  const names = new Set<string>();
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ seller: sellerId, limit: '100', ...(cursor !== null && { cursor }) });
    const { status, body } = await callApi({ method: 'GET', path: `/products?${query.toString()}`, token });
    if (status !== 200)
      throw new Refusal(`The list of products answered ${status}: read the logs of product-service.`);
    const page = body as { items: { name: string }[]; nextCursor: string | null };
    page.items.forEach(({ name }) => names.add(name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return names;
}

async function openShop(
  callApi: CallApi,
  seller: DemoAccount,
  adminToken: string,
): Promise<Omit<Shop, 'catalogue'>> {
  const sellerId = await makeAccount(callApi, seller);
  await grantRole(callApi, adminToken, { userId: sellerId, role: 'seller' });
  // The new role is in force from the next log-in on.
  return { sellerId, token: await logIn(callApi, seller) };
}

async function fillShops(callApi: CallApi, shops: Shop[], { onProgress }: LoadOptions): Promise<void> {
  const limit = pLimit(requestsAtOnce);
  let done = 0;
  const total = shops.reduce((sum, { catalogue }) => sum + catalogue.length, 0);
  const offer = async (token: string, product: DemoProduct): Promise<void> => {
    const { status } = await callApi({ method: 'POST', path: '/products', token, body: product });
    if (status !== 201)
      throw new Refusal(`Offering a product answered ${status}: read the logs of product-service.`);
    done += 1;
    if (done % 50 === 0) onProgress(`loading demo data: ${done} of ${total} products`);
  };
  for (const shop of shops) {
    const offered = await namesOffered(callApi, shop);
    const missing = shop.catalogue.filter(({ name }) => !offered.has(name));
    done += offered.size;
    await Promise.all(missing.map((product) => limit(() => offer(shop.token, product))));
  }
}

/** Fills an empty shop through the public API, once; answers the accounts. */
export async function loadDemoData(stack: Stack, options: LoadOptions): Promise<DemoAccount[]> {
  const accounts = demoAccounts(stack.secrets);
  await stack.secrets.save();
  const markFile = join(stack.dataPath, 'demo-data-loaded.json');
  if ((await readJson(markFile)) !== null) return accounts;
  options.onProgress('loading demo data (the first time only)');
  const callApi = createApiClient(stack.url, options.signal);
  const adminToken = await logIn(callApi, stack.admin);
  const buyers = accounts.filter(({ role }) => role === 'buyer');
  const sellers = accounts.filter(({ role }) => role === 'seller');
  await Promise.all(buyers.map((buyer) => makeAccount(callApi, buyer)));
  const shops = await Promise.all(
    sellers.map(async (seller, index) => ({
      ...(await openShop(callApi, seller, adminToken)),
      catalogue: demoCatalogues[index] ?? [],
    })),
  );
  await fillShops(callApi, shops, options);
  await writePrivately(markFile, JSON.stringify({ loadedAt: new Date().toISOString() }));
  return accounts;
}
