import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OrderApp, somebody, startOrderApp, tokens } from './helpers/order-app.ts';
import { buyOne, placeOne, statusOf } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterAll(() => app.stop());

const admin = somebody('admin');
const known = (version: number): Record<string, string> => ({ 'If-Match': `"${version}"` });

test('a payment for a version that the order no longer has takes nothing', async () => {
  const { buyer, orderId } = await placeOne(app);
  const { body, headers } = await app.pay(buyer, orderId, 'tok_ok', known(1)).expect(412);
  expect(body).toMatchObject({ code: 'version-conflict', current: { id: orderId, version: 2 } });
  expect(body.changedFields).toContain('status');
  expect(headers.etag).toBe('"2"');
  expect(app.provider.sendsFor(orderId)).toEqual([]);
  await app.pay(buyer, orderId, 'tok_ok', known(2)).expect(201);
});

test('a payment of somebody else finds no order, whatever version it knows', async () => {
  const { orderId } = await placeOne(app);
  await app.pay(somebody(), orderId, 'tok_ok', known(1)).expect(404);
});

test('a refund for a version that the order no longer has gives nothing back', async () => {
  const { orderId } = await buyOne(app);
  await app.refund(admin, orderId, 100, known(2)).expect(412);
  expect((await app.get(admin, `/orders/${orderId}/refunds`)).body.items).toEqual([]);
  await app.refund(admin, orderId, 100, known(4)).expect(201);
});

test('a refund by a seller compares the version, and tells a stale one in their view', async () => {
  const { buyer, orderId, product } = await buyOne(app, { price: { amount: 1000, currency: 'EUR' } });
  const seller = { id: product.sellerId, bearer: tokens.bearer(product.sellerId, 'customer', 'seller') };
  const sellers = (await app.get(seller, `/orders/${orderId}`)).get('ETag') ?? '';
  const buyers = (await app.get(buyer, `/orders/${orderId}`)).get('ETag') ?? '';
  expect(sellers).not.toBe(buyers);
  const { headers } = await app
    .refund(seller, orderId, 100, { 'If-Match': sellers.replace('4', '3') })
    .expect(412);
  expect(headers).toMatchObject({ etag: sellers, vary: 'Authorization' });
  await app.refund(seller, orderId, 100, { 'If-Match': sellers }).expect(201);
  await app.refund(seller, orderId, 100, { 'If-Match': buyers }).expect(201);
});

test('an order is resumed only in the version that is known, and tells it', async () => {
  const { orderId } = await placeOne(app);
  const resume = (version: number) =>
    app.request
      .post(`/api/v1/orders/${orderId}/resume`)
      .set({ Authorization: admin.bearer, ...known(version) });
  await resume(1).expect(412);
  const { headers } = await resume(2).expect(200);
  expect(headers.etag).toBe('"2"');
  expect(await statusOf(app, orderId)).toBe('awaiting_payment');
});
