import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { keyedRequest } from '@tradepost/service-kit/idempotency.ts';
import { spellings } from '../../testing/spellings.ts';
import { publicRoutes, type RouteDependencies } from '../src/routes.ts';
import {
  basket,
  type OrderApp,
  type Person,
  serviceKeys,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';
import { buyOne, placeOne } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterAll(() => app.stop());

const admin = somebody('admin');

/** One keyed request: how it is sent to any spelling of its path, and how often it took effect. */
interface Keyed {
  by: Person;
  path: string;
  id: string;
  body: object;
  effects(): Promise<number>;
}

const countRows = async (sql: string, values: object): Promise<number> =>
  (await app.database.select(sql, { ...values })).length;

const keyed: Record<string, () => Promise<Keyed>> = {
  '/orders': async () => {
    const by = somebody();
    return {
      by,
      path: '/orders',
      id: 'none',
      body: basket([app.products.offer({ available: 9 })]),
      effects: () => countRows('SELECT id FROM orders WHERE buyer_id = :id', { id: by.id }),
    };
  },
  '/orders/{id}/payments': async () => {
    const { buyer: by, orderId: id } = await placeOne(app);
    return {
      by,
      path: `/orders/${id}/payments`,
      id,
      body: { method: 'card', token: 'tok_declined' },
      effects: () => countRows('SELECT id FROM payments WHERE order_id = :id', { id }),
    };
  },
  '/orders/{id}/refunds': async () => {
    const { orderId: id } = await buyOne(app, { price: { amount: 1000, currency: 'EUR' } });
    return {
      by: admin,
      path: `/orders/${id}/refunds`,
      id,
      body: { amount: { amount: 100, currency: 'EUR' }, reason: 'broken' },
      effects: async () => app.provider.refundedFor(id) / 100,
    };
  },
};

test('each keyed route is tried here', () => {
  const routes = Object.values(publicRoutes({} as RouteDependencies)).flat();
  const paths = routes.filter(({ idempotent }) => idempotent === true).map(({ path }) => path);
  expect(Object.keys(keyed).sort()).toEqual(paths.sort());
});

describe.each(Object.entries(keyed))('one key at %s', (_template, prepare) => {
  test('acts once, and gets one answer, however the path is spelled', async () => {
    const { by, path, id, body, effects } = await prepare();
    const key = randomUUID();
    const headers = { Authorization: by.bearer, 'Idempotency-Key': key };
    const texts = new Set<string>();
    for (const spell of Object.values(spellings)) {
      const answer = await app.request
        .post(`/api/v1${spell(path, id)}`)
        .set(headers)
        .send(body);
      texts.add(`${answer.status} ${answer.text}`);
    }
    expect(await effects()).toBe(1);
    // Keys that the previous version of the service has kept go on to work.
    const request = { callerId: by.id, method: 'POST', path: `/api/v1${path}`, key, body, requestId: '' };
    const { scope } = keyedRequest(request);
    expect(await countRows('SELECT scope FROM idempotency_claims WHERE scope = :scope', { scope })).toBe(1);
    expect([...texts]).toHaveLength(1);
  });
});

test('a problem names the path with its id as it is answered, however that was spelled', async () => {
  const buyer = somebody();
  const id = randomUUID();
  for (const spell of Object.values(spellings)) {
    const { body } = await app.get(buyer, spell(`/orders/${id}`, id)).expect(404);
    expect(body.instance).toBe(`/api/v1/orders/${id}`);
  }
});

test('an event whose id comes in both cases takes effect once', async () => {
  const id = randomUUID();
  const event = {
    specversion: '1.0',
    source: '/auth-service/customers',
    type: 'customer.created',
    subject: admin.id,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: admin.id,
    sequence: 1,
    data: { customerId: admin.id, email: 'ada@example.org', displayName: null },
  };
  const key = readSigningKey(serviceKeys.keyFile('auth-service'));
  const authorization = serviceAuthorization(key, 'auth-service', 'order-service');
  for (const spelled of [id, id.toUpperCase()])
    await app.internal
      .post('/internal/v1/events')
      .set('Authorization', authorization())
      .send([{ ...event, id: spelled }])
      .expect(204);
  const sql = 'SELECT applied FROM inbox_sequences WHERE subject = :id';
  expect(await app.database.select(sql, { id: admin.id })).toEqual([{ applied: 1 }]);
});

test('an order placed with ids in upper case has them in lower case, and so has its list', async () => {
  const buyer = somebody();
  const product = app.products.offer();
  const { body, headers } = await app.place(buyer, basket([{ id: product.id.toUpperCase() }])).expect(201);
  expect(body.items[0].productId).toBe(product.id);
  expect(headers.location).toBe(`/api/v1/orders/${body.id}`);
  const cursor = Buffer.from(JSON.stringify(body.id.toUpperCase())).toString('base64url');
  expect((await app.get(buyer, `/orders?cursor=${cursor}`).expect(200)).body.items).toEqual([]);
});
