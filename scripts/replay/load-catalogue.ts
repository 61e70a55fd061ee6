import type pLimit from 'p-limit';
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from '../local/refusal.ts';
import { isBusy } from './call-patiently.ts';
import type { Shop } from './open-shop.ts';
import type { Ware } from './plan-catalogue.ts';

export interface Loading {
  limit: ReturnType<typeof pLimit>;
  onProgress: (offered: number) => void;
}

/** How long nothing at all may succeed. */
const patienceMs = 90_000;
/** Longer than a request that lost its caller goes on working. */
const pauseMs = 1_000;

/** The products that the shop offers, by name; of two with the same name the older one. */
async function findOffered({ sellerId, session }: Shop): Promise<Map<string, string>> {
  const offered = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ seller: sellerId, limit: '100', ...(cursor !== null && { cursor }) });
    const { status, body } = await session.call({ method: 'GET', path: `/products?${query.toString()}` });
    if (status !== 200)
      throw new Refusal(`The list of products answered ${status}: read the logs of product-service.`);
    const page = body as { items: { id: string; name: string }[]; nextCursor: string | null };
    // The list begins with the newest, so the older one comes later and stays.
    for (const { id, name } of page.items) offered.set(name, id);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return offered;
}

/** The new product's id, or null when nobody knows whether it was made. */
async function offer(
  { session }: Shop,
  { name, description, priceMinor, initialStock }: Ware,
): Promise<string | null> {
  const body = { name, description, price: { amount: priceMinor, currency: 'GBP' }, initialStock };
  const answer = await session.call({ method: 'POST', path: '/products', body, once: true });
  if (answer.status === 201) return (answer.body as { id: string }).id;
  if (isBusy(answer)) return null;
  const detail = JSON.stringify(answer.body);
  throw new Refusal(
    `Offering "${name}" answered ${answer.status}: read the logs of product-service. ${detail}`,
  );
}

/**
 * Offers every ware that the shop does not offer yet.
 * A POST of a product has no key, so one whose answer got lost is looked for before it is sent again.
 * @returns the product ids by the names of the wares, and how many were made now
 */
export async function loadCatalogue(
  shop: Shop,
  wares: readonly Ware[],
  { limit, onProgress }: Loading,
): Promise<{ productIds: Map<string, string>; made: number }> {
  let made = 0;
  let lastMadeAt = performance.now();
  while (performance.now() - lastMadeAt < patienceMs) {
    const productIds = await findOffered(shop);
    const missing = wares.filter(({ name }) => !productIds.has(name));
    let done = wares.length - missing.length;
    onProgress(done);
    await limit.map(missing, async (ware) => {
      const productId = await offer(shop, ware);
      // Whoever is down now is not asked for all the other wares in the same second.
      if (productId === null) return wait(pauseMs);
      productIds.set(ware.name, productId);
      lastMadeAt = performance.now();
      made += 1;
      onProgress((done += 1));
    });
    if (done === wares.length) return { productIds, made };
  }
  throw new Refusal(
    `No product could be offered for ${patienceMs / 1000} s: read the logs of product-service.`,
  );
}
