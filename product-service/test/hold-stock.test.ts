import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { faultsOf } from './helpers/faults.ts';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import {
  inMinutes,
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
  teapot,
} from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterEach(() => {
  jest.restoreAllMocks();
  return expectExactStock(app.database);
});
afterAll(() => app.stop());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const line = ({ id }: Product, quantity = 1) => ({ productId: id, quantity });
const create = (initialStock: number, fields = {}) => app.create(seller, { initialStock, ...fields });
const stock = ({ id }: Product) => readStock(app.database, id);
const read = (orderId: string) =>
  app.internal.get(`/internal/v1/reservations/${orderId}`).set('Authorization', app.serviceBearer);
const edit = ({ id }: Product, body: object) =>
  app.request
    .patch(`/api/v1/products/${id}`)
    .set({ Authorization: seller.bearer, 'If-Match': '*' })
    .send(body)
    .expect(200);
const remove = ({ id }: Product) =>
  app.request
    .delete(`/api/v1/products/${id}`)
    .set({ Authorization: seller.bearer, 'If-Match': '*' })
    .expect(204);
async function refusal(sent: supertest.Test, status: number): Promise<Record<string, unknown>> {
  const answer = await sent;
  const { code, detail } = answer.body as { code: string; detail: string };
  expect({ status: answer.status, detail }).toEqual({ status, detail: expect.any(String) });
  expect(answer.get('Content-Type')).toMatch('application/problem+json');
  return { ...answer.body, code };
}

async function held(product: Product, quantity = 1): Promise<string> {
  const orderId = uuidv7();
  await app.hold(orderId, [line(product, quantity)]).expect(201);
  return orderId;
}

describe('a hold', () => {
  test.each([-600_000, 600_000])(
    'is granted by a process whose own clock is off by %p ms',
    async (offsetMs) => {
      const { now } = Date;
      const product = await create(1);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
      await app.hold(uuidv7(), [line(product)]).expect(201);
    },
  );

  test('freezes names and prices, and sums the lines of one product', async () => {
    const [tea, jug] = [await create(10), await create(5, { name: 'Jug', price: eur(250) })];
    const orderId = uuidv7();
    const items = [line(jug, 2), { ...line(tea, 3), expectedUnitPrice: teapot.price }, line(jug, 1)];
    const first = await app.hold(orderId, items).expect(201);
    expect(first.body).toEqual({
      orderId,
      status: 'held',
      items: [
        { productId: tea.id, sellerId: seller.id, name: 'Teapot', quantity: 3, unitPrice: teapot.price },
        { productId: jug.id, sellerId: seller.id, name: 'Jug', quantity: 3, unitPrice: eur(250) },
      ],
    });
    expect([await stock(tea), await stock(jug)]).toEqual([
      { onHand: 10, reserved: 3 },
      { onHand: 5, reserved: 3 },
    ]);
    expect((await read(orderId).expect(200)).body).toEqual(first.body);
  });

  test('asked for again is the same, whatever has happened to the product since', async () => {
    const product = await create(3);
    const orderId = uuidv7();
    const items = [{ ...line(product, 3), expectedUnitPrice: teapot.price }];
    const first = await app.hold(orderId, items).expect(201);
    await edit(product, { price: eur(1), name: 'Dear teapot' });
    expect((await app.hold(orderId, items).expect(200)).body).toEqual(first.body);
    await edit(product, { price: { amount: 1, currency: 'GBP' } });
    await remove(product);
    expect((await app.hold(orderId, items).expect(200)).body).toEqual(first.body);
    expect((await app.hold(orderId, [line(product, 1), line(product, 2)]).expect(200)).body).toEqual(
      first.body,
    );
    await app.move(orderId, 'commit').expect(200);
    expect((await app.hold(orderId, items).expect(200)).body).toEqual({ ...first.body, status: 'committed' });
    expect(await stock(product)).toEqual({ onHand: 0, reserved: 0 });
  });

  test('of other items, or for somebody else, differs', async () => {
    const [one, other] = [await create(9), await create(9)];
    const orderId = await held(one, 2);
    for (const items of [
      [line(one, 3)],
      [line(other, 2)],
      [line(one, 2), line(other)],
      [line(one, 1)],
      [line(one, 100)],
    ]) {
      expect((await refusal(app.hold(orderId, items), 422)).code).toBe('reservation-differs');
    }
    const buyerId = uuidv7();
    expect((await refusal(app.hold(orderId, [line(one, 2)], { buyerId }), 422)).code).toBe(
      'reservation-differs',
    );
    expect(await stock(one)).toEqual({ onHand: 9, reserved: 2 });
  });

  test('tells exactly what is short, and takes nothing then', async () => {
    const [plenty, few, none] = [await create(10), await create(4), await create(0)];
    await held(few, 1);
    const items = [line(few, 2), line(plenty, 10), line(none, 1), line(few, 2)];
    const problem = await refusal(app.hold(uuidv7(), items), 409);
    expect(problem.code).toBe('insufficient-stock');
    expect(problem.short).toEqual([
      { productId: few.id, requested: 4, available: 3 },
      { productId: none.id, requested: 1, available: 0 },
    ]);
    expect([await stock(plenty), await stock(few)]).toEqual([
      { onHand: 10, reserved: 0 },
      { onHand: 4, reserved: 1 },
    ]);
  });

  test('that was short can be asked for again when there is more', async () => {
    const product = await create(1);
    const orderId = uuidv7();
    await refusal(app.hold(orderId, [line(product, 2)]), 409);
    await read(orderId).expect(404);
    await app.adjust(seller, product.id, { delta: 1, reason: 'Found' }).expect(201);
    await app.hold(orderId, [line(product, 2)]).expect(201);
  });

  test('at another price than expected is refused with the new one', async () => {
    const product = await create(5);
    const wrong = [eur(1998), { amount: 1999, currency: 'GBP' }];
    for (const expectedUnitPrice of wrong) {
      const problem = await refusal(
        app.hold(uuidv7(), [line(product), { ...line(product), expectedUnitPrice }]),
        409,
      );
      expect(problem).toMatchObject({
        code: 'price-changed',
        changed: [{ productId: product.id, unitPrice: teapot.price }],
      });
    }
  });

  test('is refused to the product’s seller', async () => {
    const product = await create(5);
    const problem = await refusal(app.hold(uuidv7(), [line(product)], { buyerId: seller.id }), 409);
    expect(problem.code).toBe('own-product');
  });

  test('names the products that are gone', async () => {
    const [here, deleted] = [await create(5), await create(5)];
    await remove(deleted);
    const items = [line(here), line(deleted), { productId: nobodysId, quantity: 1 }];
    const problem = await refusal(app.hold(uuidv7(), items), 404);
    expect(problem.code).toBe('product-gone');
    expect((problem.productIds as string[]).sort()).toEqual([deleted.id, nobodysId].sort());
  });

  test('has one currency', async () => {
    const [euros, pounds] = [await create(5), await create(5, { price: { amount: 5, currency: 'GBP' } })];
    const problem = await refusal(app.hold(uuidv7(), [line(euros), line(pounds)]), 422);
    expect(problem.code).toBe('mixed-currencies');
  });

  test('costs at most 10^11', async () => {
    const dear = await create(10, { price: eur(50_000_000_000) });
    const cheap = await create(10, { price: eur(1) });
    const problem = await refusal(app.hold(uuidv7(), [line(dear, 2), line(cheap)]), 422);
    expect(problem.code).toBe('total-too-large');
    await app.hold(uuidv7(), [line(dear, 2)]).expect(201);
  });

  test('refuses in one order: gone, currencies, total, own product, price, stock', async () => {
    const dear = await create(0, { price: eur(100_000_000_000) });
    const pounds = await create(0, { price: { amount: 5, currency: 'GBP' } });
    const own = { buyerId: seller.id };
    const wrong = { expectedUnitPrice: eur(7) };
    const code = async (items: object[], fields: object, status: number) =>
      (await refusal(app.hold(uuidv7(), items as never, fields), status)).code;
    const gone = { productId: nobodysId, quantity: 1 };
    expect(await code([gone, { ...line(dear, 2), ...wrong }, line(pounds)], own, 404)).toBe('product-gone');
    expect(await code([{ ...line(dear, 2), ...wrong }, line(pounds)], own, 422)).toBe('mixed-currencies');
    expect(await code([{ ...line(dear, 2), ...wrong }], own, 422)).toBe('total-too-large');
    expect(await code([{ ...line(dear), ...wrong }], own, 409)).toBe('own-product');
    expect(await code([{ ...line(dear), ...wrong }], {}, 409)).toBe('price-changed');
    expect(await code([line(dear)], {}, 409)).toBe('insufficient-stock');
  });

  test('takes 1,000 lines, and no more', async () => {
    const some: Product[] = [];
    for (let count = 0; count < 100; count += 1) some.push(await create(10));
    const lines = Array.from({ length: 10 }, () => some.map((product) => line(product))).flat();
    const orderId = uuidv7();
    const { body } = await app.hold(orderId, lines).expect(201);
    expect(body.items).toHaveLength(100);
    for (const product of some) expect(await stock(product)).toEqual({ onHand: 10, reserved: 10 });
    await app.hold(uuidv7(), [...lines, line(some[0]!)]).expect(400);
    await app.move(orderId, 'release').expect(200);
  });

  test('is refused with all its faults at once', async () => {
    const items = [
      { productId: 'x', quantity: 0 },
      { productId: nobodysId, quantity: 1.5, price: 1 },
      { quantity: 100_001 },
    ];
    const answer = await app
      .hold('x', items as never, { buyerId: 1, reviewAt: 'soon', status: 'held' })
      .expect(400);
    expect(faultsOf(answer)).toEqual([
      '/buyerId',
      '/items/0/productId',
      '/items/0/quantity',
      '/items/1/price',
      '/items/1/quantity',
      '/items/2/productId',
      '/items/2/quantity',
      '/reviewAt',
      '/status',
      'orderId',
    ]);
  });

  test('keeps when it shall be reviewed', async () => {
    const product = await create(1);
    const [orderId, reviewAt] = [uuidv7(), inMinutes(65)];
    await app.hold(orderId, [line(product)], { reviewAt }).expect(201);
    const [row] = await app.database.select<{ review_at: Date }>(
      'SELECT review_at FROM reservations WHERE order_id = :orderId',
      { orderId },
    );
    expect(new Date(row!.review_at).toISOString()).toBe(reviewAt);
  });
});
