import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { spellings } from '../../testing/spellings.ts';
import { publicRoutes } from '../src/app.ts';
import { faultsOf } from './helpers/faults.ts';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import {
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
} from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let stranger: Person;
let admin: Person;
let customer: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  stranger = app.person('seller');
  admin = app.person('admin');
  customer = app.person();
});
afterEach(() => expectExactStock(app.database));
afterAll(() => app.stop());

const ledger = (id: string, by: Person, query: Record<string, string | number> = {}) =>
  app.request.get(`/api/v1/products/${id}/inventory/ledger`).query(query).set('Authorization', by.bearer);
const adjustWith = (key: string | undefined, id: string, body: object, by = seller) =>
  app.request
    .post(`/api/v1/products/${id}/inventory/adjustments`)
    .set({ Authorization: by.bearer, ...(key !== undefined && { 'Idempotency-Key': key }) })
    .send(body);
const found = (delta: number) => ({ delta, reason: 'Found' });

async function hold({ id }: Product, quantity: number): Promise<string> {
  const orderId = uuidv7();
  await app.hold(orderId, [{ productId: id, quantity }]).expect(201);
  return orderId;
}

describe('an adjustment', () => {
  test('moves the stock by a delta and answers its ledger entry', async () => {
    const product = await app.create(seller, { initialStock: 5 });
    const { body } = await app.adjust(seller, product.id, { delta: -3, reason: 'Broken 🫖' }).expect(201);
    expect(body).toMatchObject({
      kind: 'adjustment',
      onHandDelta: -3,
      reservedDelta: 0,
      reason: 'Broken 🫖',
      orderId: null,
    });
    expect((await ledger(product.id, seller)).body.items[0]).toEqual(body);
    await app.adjust(admin, product.id, found(10)).expect(201);
    expect(await readStock(app.database, product.id)).toEqual({ onHand: 12, reserved: 0 });
  });

  test('is made only on the version of the product that its sender knows, if they say so', async () => {
    const product = await app.create(seller, { initialStock: 5 });
    const { body } = await app.adjust(seller, product.id, found(1)).set('If-Match', '"7"').expect(412);
    expect(body).toMatchObject({ code: 'version-conflict', current: { id: product.id, version: 1 } });
    await app.adjust(seller, product.id, found(1)).set('If-Match', '"1"').expect(201);
    expect(await readStock(app.database, product.id)).toEqual({ onHand: 6, reserved: 0 });
  });

  test('sets the stock that its sender counted', async () => {
    const product = await app.create(seller, { initialStock: 5 });
    const count = (setTo: number, expectedOnHand: number) =>
      app.adjust(seller, product.id, { setTo, expectedOnHand, reason: 'Counted' });
    expect((await count(8, 5).expect(201)).body.onHandDelta).toBe(3);
    expect((await count(0, 8).expect(201)).body.onHandDelta).toBe(-8);
    const stale = await count(7, 8).expect(412);
    expect(stale.body).toMatchObject({ code: 'version-conflict', changedFields: ['onHand'] });
    expect(stale.body.current).toEqual({ productId: product.id, available: 0, onHand: 0, reserved: 0 });
  });

  test('that counts what was expected is written down and moves nothing', async () => {
    const product = await app.create(seller, { initialStock: 5 });
    const count = { setTo: 5, expectedOnHand: 5, reason: 'Counted' };
    expect((await app.adjust(seller, product.id, count).expect(201)).body.onHandDelta).toBe(0);
    expect(await readStock(app.database, product.id)).toEqual({ onHand: 5, reserved: 0 });
  });

  test('never takes away what orders hold', async () => {
    const product = await app.create(seller, { initialStock: 10 });
    await hold(product, 6);
    expect((await app.adjust(seller, product.id, found(-5)).expect(409)).body.code).toBe('below-reserved');
    const count = { setTo: 5, expectedOnHand: 10, reason: 'Counted' };
    expect((await app.adjust(seller, product.id, count).expect(409)).body.code).toBe('below-reserved');
    await app.adjust(seller, product.id, found(-4)).expect(201);
    expect(await readStock(app.database, product.id)).toEqual({ onHand: 6, reserved: 6 });
  });

  test.each([
    [{}, ['/delta', '/reason']],
    [{ delta: 0, reason: 'x' }, ['/delta']],
    [{ delta: 1.5, reason: '' }, ['/delta', '/reason']],
    [{ delta: 2 ** 53, reason: 'x' }, ['/delta']],
    [{ delta: 1, reason: 'x'.repeat(201) }, ['/reason']],
    [{ delta: 1, reason: '\ud83e' }, ['/reason']],
    [{ setTo: -1, expectedOnHand: 1, reason: 'x' }, ['/setTo']],
    [{ setTo: 1, reason: 'x' }, ['/expectedOnHand']],
    [{ delta: 1, reason: 'x', onHand: 5 }, ['/onHand']],
  ])('%j is refused', async (body, faults) => {
    const answer = await app.adjust(seller, nobodysId, body).expect(400);
    expect(faultsOf(answer)).toEqual(faults);
  });

  test('of both forms at once is refused', async () => {
    await app.adjust(seller, nobodysId, { delta: 1, setTo: 1, expectedOnHand: 0, reason: 'x' }).expect(400);
  });

  test('is made by the owner and admins, on a product that exists', async () => {
    const product = await app.create(seller);
    expect((await app.adjust(customer, product.id, found(1)).expect(403)).body.code).toBe('forbidden');
    expect((await app.adjust(stranger, product.id, found(1)).expect(403)).body.code).toBe('not-owner');
    expect((await app.adjust(seller, nobodysId, found(1)).expect(404)).body.code).toBe('not-found');
    expect(await readStock(app.database, product.id)).toEqual({ onHand: 0, reserved: 0 });
  });

  test('does not move the product’s version', async () => {
    const product = await app.create(seller);
    await app.adjust(seller, product.id, found(1)).expect(201);
    expect((await app.request.get(`/api/v1/products/${product.id}`)).body.version).toBe(1);
  });
});

describe('an adjustment’s Idempotency-Key', () => {
  test('is needed, of 1 to 255 characters', async () => {
    const { id } = await app.create(seller);
    expect((await adjustWith(undefined, id, found(1)).expect(400)).body.code).toBe('idempotency-key-missing');
    const long = await adjustWith('k'.repeat(256), id, found(1)).expect(400);
    expect(long.body.errors[0].parameter).toBe('Idempotency-Key');
    await adjustWith('k'.repeat(255), id, found(1)).expect(201);
    const both = await adjustWith(undefined, id, {}).expect(400);
    expect(both.body.errors).toContainEqual(expect.objectContaining({ parameter: 'Idempotency-Key' }));
  });

  test('gives a repeat the same bytes, also when the product is deleted', async () => {
    const { id } = await app.create(seller, { initialStock: 1 });
    const first = await adjustWith('same', id, found(2)).expect(201);
    expect(first.get('Idempotency-Replayed')).toBeUndefined();
    const repeat = async (body: object): Promise<void> => {
      const again = await adjustWith('same', id, body).expect(201);
      expect({ text: again.text, location: again.get('Location') }).toEqual({
        text: first.text,
        location: first.get('Location'),
      });
      expect(again.get('Idempotency-Replayed')).toBe('true');
    };
    await repeat({ reason: 'Found', delta: 2 });
    const remove = app.request.delete(`/api/v1/products/${id}`);
    await remove.set({ Authorization: seller.bearer, 'If-Match': '*' }).expect(204);
    await repeat(found(2));
    expect(await readStock(app.database, id)).toEqual({ onHand: 3, reserved: 0 });
  });

  test('acts once, however the id in the path is spelled', async () => {
    const { id } = await app.create(seller, { initialStock: 5 });
    const texts = new Set<string>();
    for (const spell of Object.values(spellings)) {
      const answer = await app.request
        .post(spell(`/api/v1/products/${id}/inventory/adjustments`, id))
        .set({ Authorization: seller.bearer, 'Idempotency-Key': 'spelled' })
        .send(found(1))
        .expect(201)
        .expect('Location', `/api/v1/products/${id}/inventory/ledger`);
      texts.add(answer.text);
    }
    expect(texts.size).toBe(1);
    expect(await readStock(app.database, id)).toEqual({ onHand: 6, reserved: 0 });
    const routes = Object.values(publicRoutes(app)).flat();
    expect(routes.filter(({ idempotent }) => idempotent === true)).toHaveLength(1);
  });

  test('belongs to one body, one product and one person', async () => {
    const [one, other] = [await app.create(seller), await app.create(seller)];
    await adjustWith('mine', one.id, found(1)).expect(201);
    expect((await adjustWith('mine', one.id, found(2)).expect(422)).body.code).toBe('idempotency-key-reused');
    await adjustWith('mine', other.id, found(2)).expect(201);
    expect(
      (await adjustWith('mine', one.id, found(2), admin).expect(201)).get('Idempotency-Replayed'),
    ).toBeUndefined();
    expect(await readStock(app.database, one.id)).toEqual({ onHand: 3, reserved: 0 });
  });

  test('keeps a refusal that work came to, and no other', async () => {
    const { id } = await app.create(seller);
    const first = await adjustWith('short', id, found(-1)).expect(409);
    await adjustWith('later', id, { delta: 1 }).expect(400);
    await adjustWith('later', id, found(1), customer).expect(403);
    await adjustWith('later', id, found(1)).expect(201);
    const again = await adjustWith('short', id, found(-1)).expect(409);
    expect(again.text).toBe(first.text);
    expect(again.get('Idempotency-Replayed')).toBe('true');
    await adjustWith('gone', nobodysId, found(1)).expect(404);
    expect((await adjustWith('gone', nobodysId, found(1)).expect(404)).get('Idempotency-Replayed')).toBe(
      'true',
    );
  });

  test('of somebody who is not the owner stays free', async () => {
    const { id } = await app.create(seller);
    const countClaims = async () => (await app.database.select('SELECT 1 FROM idempotency_claims')).length;
    const before = await countClaims();
    await adjustWith('free', id, found(1), stranger).expect(403);
    expect(await countClaims()).toBe(before);
  });

  test('sent many times at once is one adjustment', async () => {
    const { id } = await app.create(seller);
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjustWith('at once', id, found(1))));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await readStock(app.database, id)).toEqual({ onHand: 1, reserved: 0 });
  });
});
