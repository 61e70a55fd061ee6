import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readSigningKey, serviceAuthorization, signToken } from '@tradepost/service-kit/authenticate.ts';
import { basket, type OrderApp, serviceKeys, somebody, startOrderApp } from './helpers/order-app.ts';
import { buyOne, payingOne, placeOne, settle, statusOf } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.products.comeBack();
  app.provider.comeBack();
});
afterAll(() => app.stop());

const productService = readSigningKey(serviceKeys.keyFile('product-service'));
const authorization = serviceAuthorization(productService, 'product-service', 'order-service')();
const ask = (orderId: string, token?: string) => {
  const request = app.internal.get(`/internal/v1/orders/${orderId}/hold-decision`);
  return token === undefined ? request : request.set('Authorization', token);
};

const nobodys = '01890000-0000-7000-8000-000000000000';

async function placeAway(): Promise<string> {
  app.products.goAway();
  return (await app.place(somebody(), basket([app.products.offer()])).expect(202)).body.id;
}
async function rejected(): Promise<string> {
  const products = [app.products.offer({ available: 0 })];
  return (await app.place(somebody(), basket(products)).expect(409)).body.orderId;
}
async function cancelled(): Promise<string> {
  const { buyer, orderId } = await placeOne(app);
  await app.cancel(buyer, orderId).expect(200);
  return orderId;
}
async function unpaid(): Promise<string> {
  const { buyer, orderId } = await placeOne(app);
  for (let count = 0; count < 5; count += 1) await app.pay(buyer, orderId, 'tok_declined').expect(409);
  return orderId;
}
async function refunding(): Promise<string> {
  const { buyer, orderId } = await buyOne(app);
  app.provider.goAway();
  await app.cancel(buyer, orderId).expect(202);
  return orderId;
}
async function refunded(): Promise<string> {
  const { buyer, orderId } = await buyOne(app);
  await app.cancel(buyer, orderId).expect(202);
  await settle(app, orderId);
  return orderId;
}

describe('the stock of an order', () => {
  const orders: [string, string, () => Promise<string>][] = [
    ['pending', 'keep', placeAway],
    ['awaiting_payment', 'keep', async () => (await placeOne(app)).orderId],
    ['paying', 'keep', async () => (await payingOne(app)).orderId],
    ['paid', 'commit', async () => (await buyOne(app)).orderId],
    ['refunding', 'commit', refunding],
    ['refunded', 'commit', refunded],
    ['rejected', 'release', rejected],
    ['cancelled', 'release', cancelled],
    ['payment_failed', 'release', unpaid],
  ];

  test.each(orders)('that is %s: %s', async (status, decision, make) => {
    const orderId = await make();
    expect(await statusOf(app, orderId)).toBe(status);
    const { body } = await ask(orderId, authorization).expect(200);
    expect(body).toEqual({ decision });
  });

  test('that nobody placed: unknown', async () => {
    expect((await ask(nobodys, authorization).expect(200)).body).toEqual({ decision: 'unknown' });
    expect((await ask('1', authorization).expect(400)).body.code).toBe('validation-failed');
  });
});

describe('the question is answered to services only:', () => {
  test('a user, an admin too, and nobody at all are refused', async () => {
    for (const token of [
      somebody().bearer,
      somebody('admin').bearer,
      somebody('service').bearer,
      undefined,
    ]) {
      const answer = await ask(nobodys, token).expect(401);
      expect(answer.get('WWW-Authenticate')).toContain('Bearer');
      expect(answer.body.code).toBe('unauthenticated');
    }
  });

  const exp = () => Math.floor(Date.now() / 1000) + 60;
  const claims = () => ({ iss: 'product-service', sub: 'product-service', aud: 'order-service', exp: exp() });
  const orderService = readSigningKey(serviceKeys.keyFile('order-service'));
  const tokens: [string, () => string][] = [
    [
      'meant for another service',
      () => signToken(productService, 'service+jwt', { ...claims(), aud: 'auth-service' }),
    ],
    [
      'that expired 61 s ago',
      () => signToken(productService, 'service+jwt', { ...claims(), exp: exp() - 121 }),
    ],
    ['of another type', () => signToken(productService, 'at+jwt', claims())],
    ['signed by another service', () => signToken(orderService, 'service+jwt', claims())],
    [
      'signed with a key that only has the right name',
      () => signToken({ ...orderService, kid: productService.kid }, 'service+jwt', claims()),
    ],
  ];

  test.each(tokens)('a token %s is refused', async (_what, make) => {
    await ask(nobodys, `Bearer ${signToken(productService, 'service+jwt', claims())}`).expect(200);
    await ask(nobodys, `Bearer ${make()}`).expect(401);
  });

  test('the public listener does not know it', async () => {
    for (const path of ['/internal/v1', '/api/v1'])
      await app.request
        .get(`${path}/orders/${nobodys}/hold-decision`)
        .set('Authorization', authorization)
        .expect(404);
  });
});
