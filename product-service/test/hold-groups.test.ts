import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import {
  inMinutes,
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
} from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterEach(() => expectExactStock(app.database));
afterAll(() => app.stop());

const create = (initialStock: number) => app.create(seller, { initialStock });
const want = (product: { id: string }, quantity = 1, orderId = uuidv7()) => ({
  orderId,
  buyerId: uuidv7(),
  reviewAt: inMinutes(65),
  items: [{ productId: product.id, quantity }],
});

interface Answer {
  status: number;
  body: { code?: string; status?: string; orderId?: string; short?: { available: number }[] };
}

async function hold(...reservations: ReturnType<typeof want>[]): Promise<Answer[]> {
  const { body } = await app.internal
    .put('/internal/v1/reservations')
    .set('Authorization', app.serviceBearer)
    .send({ reservations })
    .expect(200);
  return (body as { answers: Answer[] }).answers;
}
const statusesOf = (answers: Answer[]): number[] => answers.map(({ status }) => status);
const stock = ({ id }: Product) => readStock(app.database, id);

test('each order of a group has its own answer', async () => {
  const [plenty, short] = [await create(10), await create(1)];
  const answers = await hold(want(plenty), want(short, 2), want({ id: nobodysId }), want(plenty, 3));
  expect(statusesOf(answers)).toEqual([201, 409, 404, 201]);
  expect(answers.map(({ body }) => body.code)).toEqual([
    undefined,
    'insufficient-stock',
    'product-gone',
    undefined,
  ]);
  expect(answers[1]?.body.short).toEqual([{ productId: short.id, requested: 2, available: 1 }]);
  expect(await stock(plenty)).toEqual({ onHand: 10, reserved: 4 });
  expect(await stock(short)).toEqual({ onHand: 1, reserved: 0 });
});

test('the last pieces go to the first orders of a group', async () => {
  const product = await create(3);
  const answers = await hold(want(product, 2), want(product, 2), want(product, 1), want(product, 1));
  expect(statusesOf(answers)).toEqual([201, 409, 201, 409]);
  expect(await stock(product)).toEqual({ onHand: 3, reserved: 3 });
});

test('an order that is held already gets the same answer, and one that comes twice is held once', async () => {
  const product = await create(10);
  const [first, twice] = [want(product, 2), want(product, 1)];
  expect(statusesOf(await hold(first))).toEqual([201]);
  const answers = await hold(first, want(product), twice, twice);
  expect(statusesOf(answers).toSorted()).toEqual([200, 200, 201, 201]);
  expect(answers[0]).toMatchObject({ status: 200, body: { orderId: first.orderId, status: 'held' } });
  expect(await stock(product)).toEqual({ onHand: 10, reserved: 4 });
});

test('stock is told once for each product and group, in the order of its versions', async () => {
  const product = await create(10);
  await hold(want(product), want(product), want(product));
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :id AND topic = 'tradepost.stock' ORDER BY position`,
    { id: product.id },
  );
  const told = rows.map(({ event }) => JSON.parse(event) as { sequence: number; data: { reserved: number } });
  expect(told.map(({ sequence }) => sequence)).toEqual(
    told.map((_, index) => (told[0]?.sequence ?? 0) + index),
  );
  expect(told.at(-1)?.data).toEqual({ productId: product.id, onHand: 10, reserved: 3, available: 7 });
  expect(told.length).toBeLessThanOrEqual(3);
});

test('groups at once never sell more than there is, whichever products run short', async () => {
  for (let round = 0; round < 10; round += 1) {
    const products = await Promise.all([3, 5, 8].map(create));
    const groups = Array.from({ length: 6 }, () =>
      hold(...products.flatMap((one) => [want(one), want(one)])),
    );
    const answers = (await Promise.all(groups)).flat();
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(16);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(20);
    const left = await Promise.all(products.map(stock));
    expect(left).toEqual([3, 5, 8].map((most) => ({ onHand: most, reserved: most })));
  }
}, 60_000);

test('a group is refused as a whole when it is not well-formed', async () => {
  for (const reservations of [[], [{ ...want({ id: nobodysId }), buyerId: 'x' }]]) {
    await app.internal
      .put('/internal/v1/reservations')
      .set('Authorization', app.serviceBearer)
      .send({ reservations })
      .expect(400);
  }
});
