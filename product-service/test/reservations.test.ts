import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
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
afterEach(() => expectExactStock(app.database));
afterAll(() => app.stop());

const line = ({ id }: Product, quantity = 1) => ({ productId: id, quantity });
const create = (initialStock: number, fields = {}) => app.create(seller, { initialStock, ...fields });
const stock = ({ id }: Product) => readStock(app.database, id);
const read = (orderId: string) =>
  app.internal.get(`/internal/v1/reservations/${orderId}`).set('Authorization', app.serviceBearer);
const remove = ({ id }: Product) =>
  app.request
    .delete(`/api/v1/products/${id}`)
    .set({ Authorization: seller.bearer, 'If-Match': '*' })
    .expect(204);
const takeBack = (orderId: string, items: object[], returnId = uuidv7()) =>
  app.move(orderId, 'return', { returnId, items });

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

describe('a held reservation', () => {
  test('is sold by its commit, once', async () => {
    const product = await create(5);
    const orderId = await held(product, 2);
    const first = await app.move(orderId, 'commit').expect(200);
    expect(first.body).toMatchObject({ orderId, status: 'committed' });
    expect((await app.move(orderId, 'commit').expect(200)).body).toEqual(first.body);
    expect(await stock(product)).toEqual({ onHand: 3, reserved: 0 });
    expect((await refusal(app.move(orderId, 'release'), 409)).code).toBe('wrong-state');
  });

  test('is free again after its release, and never comes back', async () => {
    const product = await create(5);
    const orderId = await held(product, 2);
    const first = await app.move(orderId, 'release').expect(200);
    expect(first.body).toMatchObject({ orderId, status: 'released', items: [{ quantity: 2 }] });
    expect((await app.move(orderId, 'release').expect(200)).body).toEqual(first.body);
    expect(await stock(product)).toEqual({ onHand: 5, reserved: 0 });
    expect((await refusal(app.hold(orderId, [line(product, 2)]), 410)).code).toBe('reservation-released');
    expect((await refusal(app.move(orderId, 'commit'), 409)).code).toBe('wrong-state');
    expect((await refusal(takeBack(orderId, [line(product)]), 409)).code).toBe('wrong-state');
  });

  test('takes no return', async () => {
    const product = await create(5);
    const orderId = await held(product, 2);
    expect((await refusal(takeBack(orderId, [line(product)]), 409)).code).toBe('wrong-state');
  });

  test('does not move the product’s version', async () => {
    const product = await create(5);
    await app.move(await held(product, 2), 'commit').expect(200);
    expect((await app.request.get(`/api/v1/products/${product.id}`)).body).toMatchObject({ version: 1 });
  });
});

describe('an order without a reservation', () => {
  test('leaves a tombstone when it is released, and a late hold meets it', async () => {
    const product = await create(5);
    const orderId = uuidv7();
    const tombstone = await app.move(orderId, 'release').expect(200);
    expect(tombstone.body).toEqual({ orderId, status: 'released', items: [] });
    expect((await app.move(orderId, 'release').expect(200)).body).toEqual(tombstone.body);
    expect((await read(orderId).expect(200)).body).toEqual(tombstone.body);
    for (const items of [[line(product)], [line(product, 6)], [{ productId: nobodysId, quantity: 1 }]]) {
      expect((await refusal(app.hold(orderId, items), 410)).code).toBe('reservation-released');
    }
    expect(await stock(product)).toEqual({ onHand: 5, reserved: 0 });
  });

  test('cannot be committed, returned or read', async () => {
    const orderId = uuidv7();
    expect((await refusal(app.move(orderId, 'commit'), 409)).code).toBe('wrong-state');
    expect((await refusal(takeBack(orderId, [{ productId: nobodysId, quantity: 1 }]), 409)).code).toBe(
      'wrong-state',
    );
    expect((await refusal(read(orderId), 404)).code).toBe('not-found');
  });
});

describe('a return', () => {
  test('puts sold goods back, once for each returnId, and never more than were sold', async () => {
    const [tea, jug] = [await create(9), await create(9)];
    const orderId = uuidv7();
    await app.hold(orderId, [line(tea, 5), line(jug, 1)]).expect(201);
    const committed = await app.move(orderId, 'commit').expect(200);
    const returnId = uuidv7();
    const first = await takeBack(orderId, [line(tea, 1), line(jug, 1), line(tea, 1)], returnId).expect(200);
    expect(first.body).toEqual(committed.body);
    expect((await takeBack(orderId, [line(jug, 1), line(tea, 2)], returnId).expect(200)).body).toEqual(
      first.body,
    );
    expect([await stock(tea), await stock(jug)]).toEqual([
      { onHand: 6, reserved: 0 },
      { onHand: 9, reserved: 0 },
    ]);
    expect((await refusal(takeBack(orderId, [line(tea, 1)], returnId), 422)).code).toBe(
      'reservation-differs',
    );
    expect((await refusal(takeBack(orderId, [line(tea, 2), line(jug, 1)]), 409)).code).toBe('wrong-state');
    expect((await refusal(takeBack(orderId, [line(tea, 4)]), 409)).code).toBe('wrong-state');
    await takeBack(orderId, [line(tea, 3)]).expect(200);
    expect(await stock(tea)).toEqual({ onHand: 9, reserved: 0 });
  });

  test('of what the order never had is refused', async () => {
    const [sold, other] = [await create(9), await create(9)];
    const orderId = await held(sold, 1);
    await app.move(orderId, 'commit').expect(200);
    expect((await refusal(takeBack(orderId, [line(other)]), 409)).code).toBe('wrong-state');
    expect((await refusal(takeBack(orderId, []), 400)).code).toBe('validation-failed');
    expect(await stock(other)).toEqual({ onHand: 9, reserved: 0 });
  });

  test('is possible of a product that is not sold any more', async () => {
    const product = await create(2);
    const orderId = await held(product, 2);
    await remove(product);
    await app.move(orderId, 'commit').expect(200);
    await takeBack(orderId, [line(product, 2)]).expect(200);
    expect(await stock(product)).toEqual({ onHand: 2, reserved: 0 });
  });
});

describe('reservations', () => {
  test('are for services, and services have nothing to say outside', async () => {
    const product = await create(1);
    const inside = app.internal.put(`/internal/v1/reservations/${uuidv7()}`);
    const body = { buyerId: nobodysId, items: [line(product)], reviewAt: inMinutes(5) };
    for (const by of [app.person(), seller, app.person('admin'), app.person('service')]) {
      const answer = await app.internal
        .get(`/internal/v1/reservations/${uuidv7()}`)
        .set('Authorization', by.bearer);
      expect(answer.status).toBe(401);
    }
    expect((await inside.send(body).expect(401)).get('WWW-Authenticate')).toBe('Bearer');
    const outside = app.request.post('/api/v1/products').set('Authorization', app.serviceBearer).send(teapot);
    expect((await outside.expect(401)).body.code).toBe('unauthenticated');
    expect(await stock(product)).toEqual({ onHand: 1, reserved: 0 });
  });

  test('are not there on the public listener, nor products on the internal one', async () => {
    const path = `/internal/v1/reservations/${nobodysId}`;
    await app.request.get(path).set('Authorization', app.serviceBearer).expect(404);
    await app.request.get(`/api/v1${path}`).set('Authorization', app.serviceBearer).expect(404);
    await app.internal.get('/api/v1/products').expect(404);
  });
});
