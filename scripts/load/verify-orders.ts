import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { logIn } from '../local/account-calls.ts';
import { createApiClient } from '../local/api-client.ts';
import type { LoadShop } from './open-shop.ts';

interface OrderState {
  id: string;
  status: string;
}

const patienceMs = 30_000;

/** An order that was taken with 202 comes to rest by itself. */
async function readAtRest(read: () => Promise<{ status: number; body: unknown }>): Promise<string> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const { status, body } = await read();
    const state = status === 200 ? (body as OrderState).status : `answers ${status}`;
    if (state !== 'pending' || performance.now() > giveUpAt) return state;
    await sleep(250);
  }
}

/**
 * Asks for each acknowledged order, and for the stock that they have taken.
 * @returns a sentence for each thing that is not as it should be; none when everything is
 */
export async function verifyOrders(
  url: string,
  shop: LoadShop,
  orders: ReadonlySet<string>,
): Promise<string[]> {
  const callApi = createApiClient(url);
  const [buyer, seller] = [await logIn(callApi, shop.buyer), await logIn(callApi, shop.seller)];
  const limit = pLimit(8);
  const complaints: string[] = [];
  await limit.map([...orders], async (id) => {
    const path = `/orders/${id}`;
    const state = await readAtRest(() => callApi({ method: 'GET', path, token: buyer }));
    if (state !== 'awaiting_payment') complaints.push(`Order ${id} was acknowledged, and is ${state}.`);
  });
  const path = `/products/${shop.productId}/inventory`;
  const { body } = await callApi({ method: 'GET', path, token: seller });
  const { available, reserved } = body as { available: number; reserved: number };
  if (reserved !== orders.size || available + reserved !== shop.initialStock) {
    complaints.push(
      `Stock: ${shop.initialStock} at first and ${orders.size} ordered, now ${available} available and ${reserved} reserved.`,
    );
  }
  return complaints;
}
