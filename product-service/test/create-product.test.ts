import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultsOf } from './helpers/faults.ts';
import { readStock } from './helpers/invariants.ts';
import { nobodysId, type Person, type ProductApp, startProductApp, teapot } from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let admin: Person;
let customer: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  admin = app.person('admin');
  customer = app.person();
});
afterAll(() => app.stop());

const post = (by: Person, body: object) =>
  app.request.post('/api/v1/products').set('Authorization', by.bearer).send(body);

const get = (id: string) => app.request.get(`/api/v1/products/${id}`);

describe('a new product', () => {
  test('has a place, a version and its first stock', async () => {
    const answer = await post(seller, { ...teapot, initialStock: 12 }).expect(201);
    const { id } = answer.body;
    expect(answer.get('Location')).toBe(`/api/v1/products/${id}`);
    expect(answer.get('ETag')).toMatch(/^"1-/);
    expect(answer.get('Cache-Control')).toBe('private, no-cache');
    expect(answer.body).toMatchObject({
      ...teapot,
      sellerId: seller.id,
      categoryId: null,
      version: 1,
      deletedAt: null,
    });
    expect(Object.keys(answer.body)).not.toContain('stock');
    expect(await readStock(app.database, id)).toEqual({ onHand: 12, reserved: 0 });
    const shown = await app.request.get(answer.get('Location')!).expect(200);
    expect({ ...shown.body, deletedAt: null }).toEqual(answer.body);
  });

  test('is made by sellers and admins only', async () => {
    expect((await post(customer, teapot).expect(403)).body.code).toBe('forbidden');
    expect(
      (await app.request.post('/api/v1/products').send(teapot).expect(401)).get('WWW-Authenticate'),
    ).toBe('Bearer');
    expect((await post(admin, teapot).expect(201)).body.sellerId).toBe(admin.id);
  });

  test('is refused with all its faults at once', async () => {
    const price = { amount: 1.5, currency: 'eur', tax: 19 };
    const answer = await post(seller, { name: '', price, initialStock: -1, colour: 'red' }).expect(400);
    expect(answer.body.code).toBe('validation-failed');
    const faults = [
      '/colour',
      '/description',
      '/initialStock',
      '/name',
      '/price/amount',
      '/price/currency',
      '/price/tax',
    ];
    expect(faultsOf(answer)).toEqual(faults);
  });

  test.each(['id', 'sellerId', 'version', 'stock', 'deletedAt', 'createdAt'])(
    'takes no %s from its sender',
    async (field) => {
      const answer = await post(seller, { ...teapot, [field]: nobodysId }).expect(400);
      expect(faultsOf(answer)).toEqual([`/${field}`]);
    },
  );

  test.each([undefined, null, [], 'a string', 7])('is refused when the body is %j', async (body) => {
    const sent = app.request
      .post('/api/v1/products')
      .set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
    const answer = await (body === undefined ? sent.send() : sent.send(JSON.stringify(body))).expect(400);
    expect(answer.body.code).toBe('validation-failed');
  });

  test('may refuse its body before it asks who sends it', async () => {
    const sent = () => app.request.post('/api/v1/products');
    await sent().set('Content-Type', 'text/plain').send(JSON.stringify(teapot)).expect(415);
    await sent()
      .send({ ...teapot, description: 'x'.repeat(1_100_000) })
      .expect(413);
  });
});

describe('a price', () => {
  test.each([0, 1, 99_999_999_999, 100_000_000_000])('may be %d', async (amount) => {
    const { id } = await app.create(seller, { price: { amount, currency: 'GBP' } });
    expect((await get(id).expect(200)).body.price).toEqual({ amount, currency: 'GBP' });
  });

  test.each([
    '-1',
    '1.5',
    '100000000001',
    '9007199254740993',
    '1e309',
    '-1e309',
    '"5"',
    'null',
    'true',
    '[5]',
  ])('is never %s', async (amount) => {
    const body = `{"name":"x","description":"","price":{"amount":${amount},"currency":"EUR"}}`;
    const sent = app.request
      .post('/api/v1/products')
      .set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
    expect(faultsOf(await sent.send(body).expect(400))).toEqual(['/price/amount']);
  });

  test('may be in a currency that has begun, and not in one that has ended', async () => {
    const price = { amount: 1, currency: 'VED' };
    expect((await post(seller, { ...teapot, price }).expect(201)).body.price).toEqual(price);
    const ended = { ...teapot, price: { amount: 1, currency: 'HRK' } };
    expect(faultsOf(await post(seller, ended).expect(400))).toEqual(['/price/currency']);
  });

  test('stays readable and editable in a currency that has ended since', async () => {
    const { id } = await app.create(seller);
    await app.database.change("UPDATE products SET currency = 'HRK' WHERE id = :id", { id });
    const price = { ...teapot.price, currency: 'HRK' };
    expect((await get(id).expect(200)).body.price).toEqual(price);
    const change = (body: object) =>
      app.request
        .patch(`/api/v1/products/${id}`)
        .set({ Authorization: seller.bearer, 'If-Match': '*' })
        .send(body);
    expect((await change({ name: 'A kettle' }).expect(200)).body.price).toEqual(price);
    expect(faultsOf(await change({ price }).expect(400))).toEqual(['/price/currency']);
  });

  test.each(['eur', 'EURO', 'ZZZ', 'XXX', 'XTS', 'XAU', '', 'EU\u0000'])(
    'is in no currency %j',
    async (currency) => {
      const faults = faultsOf(await post(seller, { ...teapot, price: { amount: 1, currency } }).expect(400));
      expect(faults).toEqual(['/price/currency']);
    },
  );
});
