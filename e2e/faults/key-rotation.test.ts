import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { rotateServiceKeys } from '../../provision/src/rotate-service-keys.ts';
import { openLocalKeys } from '../../scripts/keys/local-keys.ts';
import { rotateLocalKey } from '../../scripts/keys/rotate-local-key.ts';
import { runStack, type TestStack } from '../helpers/run-stack.ts';
import { type Person, type Product, Shop, tally } from '../helpers/shop.ts';

let stack: TestStack;
let shop: Shop;
let seller: Person;
let buyer: Person;
let product: Product;

beforeAll(async () => {
  stack = await runStack({ replicas: 3 });
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
  product = await shop.offer(seller, 1_000_000);
});
afterAll(() => stack.remove());

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

/** The kids that each replica of auth-service publishes. */
async function publishedKids(): Promise<string[][]> {
  const path = '/api/v1/auth/.well-known/jwks.json';
  const asked = stack.processes['auth-service'].map(async ({ plan }) => {
    const answer = await fetch(`http://127.0.0.1:${plan.environment.PORT ?? ''}${path}`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  });
  return Promise.all(asked);
}

/** Each service reads something for a person, and the statuses are noted. */
async function readEverywhere(token: string, statuses: number[]): Promise<void> {
  const paths = ['/users/me', `/products/${product.id}/inventory`, '/orders'];
  const answers = await Promise.all(paths.map((path) => shop.call('GET', path, { token })));
  statuses.push(...answers.map(({ status }) => status));
}

it('changes the signing key of three replicas without a refused token, old or new', async () => {
  const old = buyer.token;
  const statuses: number[] = [];
  const kids = new Set<string>();
  const { kid } = await rotateLocalKey(stack.dataPath, 15);
  const endsAt = performance.now() + 25_000;
  while (performance.now() < endsAt) {
    const fresh = await shop.logIn(buyer.email);
    kids.add(kidOf(fresh));
    await Promise.all([readEverywhere(old, statuses), readEverywhere(fresh, statuses)]);
    await sleep(50);
  }
  expect(tally(statuses)).toEqual({ 200: statuses.length });
  expect(statuses.length).toBeGreaterThan(200);
  expect([...kids]).toEqual([kidOf(old), kid]);
  expect(await publishedKids()).toEqual(Array(3).fill([kid, kidOf(old)]));
});

it('refuses a second rotation while the first key is on its way', async () => {
  const first = await rotateLocalKey(stack.dataPath, 60);
  const second = await rotateLocalKey(stack.dataPath, 60);
  expect(first.isNew).toBe(true);
  expect(second).toEqual({ kid: first.kid, isNew: false, seconds: expect.any(Number) });
});

it('changes the keys of all services, and each order is still held at once', async () => {
  // A little more than a caller uses a token for: then none of the old key is on its way any more.
  const pauses = { publishMs: 7_000, signMs: 40_000 };
  let isOver = false;
  const rotate = (): Promise<unknown> =>
    rotateServiceKeys(openLocalKeys(stack.dataPath), pauses, () => undefined).finally(() => (isOver = true));
  const statuses: number[] = [];
  const place = async (): Promise<void> => {
    statuses.push((await shop.order(buyer, [[product, 1]])).status);
    await sleep(100);
  };
  const placeMeanwhile = async (): Promise<void> => {
    while (!isOver) await place();
  };
  await Promise.all([rotate(), placeMeanwhile()]);
  // Callees forget the old keys within 5 s more.
  for (const endsAt = performance.now() + 7_000; performance.now() < endsAt;) await place();
  expect(tally(statuses)).toEqual({ 201: statuses.length });
});
