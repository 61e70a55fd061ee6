import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { atOnce, pooled, tally, times } from './helpers/at-once.ts';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import type { Person, Product } from './helpers/product-app.ts';
import { type Answer, type Replicas, startReplicas } from './helpers/replicas.ts';

jest.setTimeout(180_000);

let replicas: Replicas;
let seller: Person;
beforeAll(async () => {
  replicas = await startReplicas();
  seller = replicas.person('seller');
});
afterEach(async () => {
  await expectExactStock(replicas.database);
  expect(replicas.takeComplaints()).toEqual([]);
});
afterAll(() => replicas.stop());

const create = (initialStock: number): Promise<Product> => replicas.create(seller, { initialStock });
const one = ({ id }: Product, quantity = 1) => ({ productId: id, quantity });

/** 200 is a hold too: of one whose first answer came too late. */
function outcomes(answers: Answer[]): { held: number; refused: number } {
  const {
    '200': again = 0,
    '201': held = 0,
    '409 insufficient-stock': refused = 0,
    ...others
  } = tally(answers);
  expect(others).toEqual({});
  return { held: held + again, refused };
}

describe('holds', () => {
  test('of 500 at once, a stock of 100 gives exactly 100', async () => {
    const product = await create(100);
    const answers = await atOnce(times(500, () => () => replicas.hold(uuidv7(), [one(product)])));
    expect(outcomes(answers)).toEqual({ held: 100, refused: 400 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 100, reserved: 100 });
  });

  test('never take a part of an order when the rest is sold out', async () => {
    const [plenty, few] = [await create(1000), await create(7)];
    const answers = await atOnce(times(40, () => () => replicas.hold(uuidv7(), [one(plenty, 3), one(few)])));
    expect(outcomes(answers)).toEqual({ held: 7, refused: 33 });
    expect(await readStock(replicas.database, plenty.id)).toEqual({ onHand: 1000, reserved: 21 });
  });

  test('with crossing lines end without a deadlock', async () => {
    const [a, b] = [await create(150), await create(150)];
    const orders = times(200, (index) => (index % 2 ? [one(a), one(b)] : [one(b), one(a)]));
    const answers = await pooled(
      60,
      orders.map((items) => () => replicas.hold(uuidv7(), items)),
    );
    expect(outcomes(answers)).toEqual({ held: 150, refused: 50 });
    for (const { id } of [a, b]) {
      expect(await readStock(replicas.database, id)).toEqual({ onHand: 150, reserved: 150 });
    }
  });

  test('of one order, 20 at once, are one hold', async () => {
    const product = await create(100);
    for (let round = 1; round <= 5; round += 1) {
      const orderId = uuidv7();
      const answers = await atOnce(times(20, () => () => replicas.hold(orderId, [one(product, 2)])));
      expect(tally(answers)).toEqual({ '200': 19, '201': 1 });
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect((await readStock(replicas.database, product.id)).reserved).toBe(2 * round);
    }
  });

  test('of one order, 20 at once, are all refused when the stock is short', async () => {
    const product = await create(1);
    for (let round = 0; round < 5; round += 1) {
      const orderId = uuidv7();
      const answers = await atOnce(times(20, () => () => replicas.hold(orderId, [one(product, 2)])));
      expect(tally(answers)).toEqual({ '409 insufficient-stock': 20 });
    }
  });
});

describe('a reservation', () => {
  test('that is released while its hold is on the way ends released, and its stock is back', async () => {
    const product = await create(5);
    for (let round = 0; round < 200; round += 1) {
      const orderId = uuidv7();
      const [held, released] = await atOnce([
        () => replicas.hold(orderId, [one(product, 5)]),
        () => replicas.move(orderId, 'release'),
      ]);
      expect(released).toMatchObject({ status: 200, body: { status: 'released' } });
      expect([201, 410]).toContain(held!.status);
      expect((await replicas.hold(orderId, [one(product, 5)])).status).toBe(410);
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 5, reserved: 0 });
  });

  test('is either committed or released, never both', async () => {
    const product = await create(1000);
    let sold = 0;
    for (let round = 0; round < 200; round += 1) {
      const orderId = uuidv7();
      await replicas.hold(orderId, [one(product, 3)]);
      const answers = await atOnce([
        () => replicas.move(orderId, 'commit'),
        () => replicas.move(orderId, 'release'),
      ]);
      expect(tally(answers)).toEqual({ '200': 1, '409 wrong-state': 1 });
      if (answers[0]!.status === 200) sold += 3;
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 1000 - sold, reserved: 0 });
  });

  test('that ten replicas commit and ten release has one end', async () => {
    const product = await create(100);
    for (let round = 0; round < 10; round += 1) {
      const orderId = uuidv7();
      await replicas.hold(orderId, [one(product)]);
      const verbs = times(20, (index) => (index % 2 ? 'commit' : 'release'));
      const answers = await atOnce(verbs.map((verb) => () => replicas.move(orderId, verb)));
      expect(tally(answers)).toEqual({ '200': 10, '409 wrong-state': 10 });
    }
  });

  test('released by 20 at once, before and after its hold, gives its stock back once', async () => {
    const product = await create(10);
    for (let round = 0; round < 10; round += 1) {
      const orderId = uuidv7();
      if (round % 2) await replicas.hold(orderId, [one(product)]);
      const answers = await atOnce(times(20, () => () => replicas.move(orderId, 'release')));
      expect(tally(answers)).toEqual({ '200': 20 });
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 10, reserved: 0 });
  });

  test('takes a return that comes 20 times at once in once, and never more than it sold', async () => {
    const product = await create(10);
    const orderId = uuidv7();
    await replicas.hold(orderId, [one(product, 10)]);
    await replicas.move(orderId, 'commit');
    const items = [one(product, 4)];
    const returnId = uuidv7();
    const same = await atOnce(times(20, () => () => replicas.move(orderId, 'return', { returnId, items })));
    expect(tally(same)).toEqual({ '200': 20 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 4, reserved: 0 });
    const others = times(10, () => ({ returnId: uuidv7(), items }));
    const answers = await atOnce(others.map((body) => () => replicas.move(orderId, 'return', body)));
    expect(tally(answers)).toEqual({ '200': 1, '409 wrong-state': 9 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 8, reserved: 0 });
  });
});
