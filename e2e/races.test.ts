import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ReachedStack, reachStack } from './helpers/run-stack.ts';
import { outcomeOf, type Person, type Product, Shop, tally, together } from './helpers/shop.ts';

let stack: ReachedStack;
let shop: Shop;
let seller: Person;

beforeAll(async () => {
  stack = await reachStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
});
afterAll(() => stack.remove());

const edit = (product: Product, version: number, name: string) =>
  shop.call<Product>('PUT', `/products/${product.id}`, {
    token: seller.token,
    headers: { 'If-Match': `"${version}"` },
    body: { name, description: '', price: { amount: 1, currency: 'EUR' } },
  });

/** In groups: auth-service hashes a bounded number of passwords at a time, and sheds the rest. */
async function registerMany(count: number): Promise<Person[]> {
  const buyers: Person[] = [];
  while (buyers.length < count) buyers.push(...(await together(50, () => shop.register())));
  return buyers;
}

it('takes one of 50 edits of the same version, 200 times over', async () => {
  const product = await shop.offer(seller, 0);
  for (let version = 1; version <= 200; version += 1) {
    const answers = await together(50, (index) => edit(product, version, `edit ${index}`));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 1, 412: 49 });
  }
  const after = await shop.call<Product>('GET', `/products/${product.id}`);
  expect(after.body.version).toBe(201);
});

it('sells 100 pieces to 500 buyers exactly 100 times', async () => {
  const product = await shop.offer(seller, 100);
  const buyers = await registerMany(500);
  const outcomes = await Promise.all(
    buyers.map(async (buyer) => outcomeOf(shop, buyer, await shop.order(buyer, [[product, 1]]))),
  );
  const { awaiting_payment, ...refused } = tally(outcomes);
  expect(awaiting_payment).toBe(100);
  expect((refused['insufficient-stock'] ?? 0) + (refused.rejected ?? 0)).toBe(400);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 0, onHand: 100, reserved: 100 });
});

it('sums the lines of one product before it looks at the stock', async () => {
  const product = await shop.offer(seller, 5);
  const buyer = await shop.register();
  const { status, body } = await shop.order(buyer, [
    [product, 3],
    [product, 3],
  ]);
  expect([status, body.code]).toEqual([409, 'insufficient-stock']);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 5, reserved: 0 });
});

it('holds crossing lines of 200 orders at once without an internal error', async () => {
  const [one, other] = [await shop.offer(seller, 150), await shop.offer(seller, 150)];
  const buyer = await shop.register();
  const placed = await together(200, (index) => {
    const crossing: [Product, number][] =
      index % 2 === 0
        ? [
            [one, 1],
            [other, 1],
          ]
        : [
            [other, 1],
            [one, 1],
          ];
    return shop.order(buyer, crossing);
  });
  expect(placed.filter(({ status }) => status >= 500)).toEqual([]);
  const outcomes = await Promise.all(placed.map((answer) => outcomeOf(shop, buyer, answer)));
  expect(tally(outcomes).awaiting_payment).toBe(150);
  for (const product of [one, other]) {
    expect(await shop.inventory(seller, product)).toMatchObject({ available: 0, reserved: 150 });
  }
});

it('makes one order of a key that comes 50 times at once, and the same answer 50 times', async () => {
  const product = await shop.offer(seller, 50);
  const buyer = await shop.register();
  const answers = await together(50, () => shop.order(buyer, [[product, 1]], 'the same key'));
  // Whoever waited for longer than 2 s is told to come again; then it is the answer of the first.
  const settled = await Promise.all(
    answers.map(async (answer) =>
      answer.body.code === 'request-in-progress' ? shop.order(buyer, [[product, 1]], 'the same key') : answer,
    ),
  );
  expect(new Set(settled.map(({ text }) => text)).size).toBe(1);
  expect(await shop.inventory(seller, product)).toMatchObject({ reserved: 1 });
  const reused = await shop.order(buyer, [[product, 2]], 'the same key');
  expect([reused.status, reused.body.code]).toEqual([422, 'idempotency-key-reused']);
});

it('leaves the version of a product alone while 1,000 of it are sold, and edits it meanwhile', async () => {
  const product = await shop.offer(seller, 1000);
  const buyers = await together(50, () => shop.register());
  const edits = 20;
  const editing = (async () => {
    for (let version = 1; version <= edits; version += 1) {
      expect((await edit(product, version, `edit ${version}`)).status).toBe(200);
    }
  })();
  const sold = await Promise.all(
    buyers.map(async (buyer) => {
      const outcomes: string[] = [];
      for (let order = 0; order < 20; order += 1) {
        outcomes.push(await outcomeOf(shop, buyer, await shop.order(buyer, [[product, 1]])));
      }
      return outcomes;
    }),
  );
  await editing;
  expect(tally(sold.flat())).toEqual({ awaiting_payment: 1000 });
  expect((await shop.call<Product>('GET', `/products/${product.id}`)).body.version).toBe(1 + edits);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 0, reserved: 1000 });
});
