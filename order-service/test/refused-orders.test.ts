import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { refusal } from './helpers/fake-products.ts';
import {
  basket,
  eventually,
  type OrderApp,
  type Person,
  shipTo,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.products.before = undefined;
});
afterAll(() => app.stop());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const missing = '01890000-0000-7000-8000-000000000000';

interface Case {
  code: string;
  status: number;
  /** Beside the usual ones. */
  members?: object;
  short?: object[];
  order(buyer: Person): object;
}

function cases(): Case[] {
  const scarce = { id: '01890000-0000-7000-8000-000000000001', available: 3 };
  const repriced = '01890000-0000-7000-8000-000000000002';
  return [
    {
      code: 'product-gone',
      status: 404,
      members: { productIds: [missing] },
      order: () => basket([app.products.offer(), { id: missing }]),
    },
    {
      code: 'insufficient-stock',
      status: 409,
      members: { short: [{ productId: scarce.id, requested: 4, available: 3 }] },
      short: [{ productId: scarce.id, requested: 4, available: 3 }],
      order: () => {
        app.products.offer(scarce);
        return { items: [2, 2].map((quantity) => ({ productId: scarce.id, quantity })), shipTo };
      },
    },
    {
      code: 'price-changed',
      status: 409,
      members: { changed: [{ productId: repriced, unitPrice: eur(1999) }] },
      order: () => {
        app.products.offer({ id: repriced });
        return { items: [{ productId: repriced, quantity: 1, expectedUnitPrice: eur(1998) }], shipTo };
      },
    },
    {
      code: 'own-product',
      status: 409,
      order: (buyer) => basket([app.products.offer({ sellerId: buyer.id })]),
    },
    {
      code: 'mixed-currencies',
      status: 422,
      order: () =>
        basket([app.products.offer(), app.products.offer({ price: { amount: 1, currency: 'GBP' } })]),
    },
    {
      code: 'total-too-large',
      status: 422,
      order: () => ({
        items: [{ productId: app.products.offer({ price: eur(50_000_000_001) }).id, quantity: 2 }],
        shipTo,
      }),
    },
  ];
}

describe.each(cases())('an order refused as $code', ({ code, status, members = {}, short, order }) => {
  test('answers the problem with its id, and rests as rejected', async () => {
    const buyer = somebody();
    const { body: problem, headers } = await app.place(buyer, order(buyer)).expect(status);
    const { orderId } = problem;
    expect(problem).toEqual({
      ...refusal(code).body,
      instance: '/api/v1/orders',
      requestId: headers['x-request-id'],
      ...members,
      orderId,
    });
    expect(headers.location).toBe(`/api/v1/orders/${orderId}`);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);

    const { body: rejected } = await app.get(buyer, `/orders/${orderId}`).expect(200);
    const { detail } = problem;
    expect(rejected).toMatchObject({
      id: orderId,
      status: 'rejected',
      version: 2,
      total: null,
      rejection: { code, detail, short: short ?? null },
    });
    for (const item of rejected.items)
      expect(item).toMatchObject({ name: null, unitPrice: null, lineTotal: null });
    const [saga] = await app.database.select(
      'SELECT step, due_at <= NOW(3) AS due FROM order_sagas WHERE order_id = :orderId',
      { orderId },
    );
    // An earlier try of the call may still arrive: the tombstone of a release keeps it from holding stock.
    expect(saga).toEqual({ step: 'release', due: 1 });
  });
});

describe.each([
  { what: 'a 404 of a proxy', status: 404, body: 'not found' },
  {
    what: 'a 404 of another path',
    status: 404,
    body: { code: 'not-found', detail: 'No resource has this path.' },
  },
  { what: 'a conflict nobody knows', status: 409, body: { code: 'wrong-state', detail: 'It is committed.' } },
  {
    what: 'other items held',
    status: 422,
    body: { code: 'reservation-differs', detail: 'Its items cannot change.' },
  },
  { what: 'a success without items', status: 200, body: { hello: 'world' } },
  { what: 'a success without a body', status: 204, body: undefined },
  { what: 'a refused token', status: 401, body: { code: 'unauthenticated', detail: 'Send a valid token.' } },
])('an answer that makes no sense, $what,', ({ status, body }) => {
  test('is not the fault of the order, which stays pending', async () => {
    app.products.before = () => ({ status, body });
    const buyer = somebody();
    const placed = await app.place(buyer, basket([app.products.offer()])).expect(202);
    expect(placed.body).toMatchObject({ status: 'pending', rejection: null });

    await app.makeDue(placed.body.id);
    const calls = app.products.calls.length;
    const resuming = app.resume();
    await eventually(
      async () => app.products.calls.length,
      (count) => count > calls,
    );
    await resuming.stop();
    const { body: still } = await app.get(buyer, `/orders/${placed.body.id}`).expect(200);
    expect(still).toMatchObject({ status: 'pending', version: 1 });
    await app.cancel(buyer, placed.body.id).expect(200);
  });
});
