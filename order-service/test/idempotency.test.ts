import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { isHold, type Offer, orderIdOf } from './helpers/fake-products.ts';
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
let lamp: Offer;
beforeAll(async () => {
  app = await startOrderApp();
  lamp = app.products.offer();
});
afterEach(() => {
  app.products.before = undefined;
  app.products.after = undefined;
  app.products.comeBack();
});
afterAll(() => app.stop());

let made = 0;
const freshKey = () => ({ 'Idempotency-Key': `key-${(made += 1)}` });
const ordersOf = async ({ id }: Person) =>
  app.database.select<{ id: string }>('SELECT id FROM orders WHERE buyer_id = :id', { id });

describe('a repeat gets the first answer again, byte by byte', () => {
  const eur = (amount: number) => ({ amount, currency: 'EUR' });
  const answers: [number, string, () => object][] = [
    [201, 'an order that awaits payment', () => basket([lamp])],
    [202, 'an order that is pending', () => (app.products.goAway(), basket([lamp]))],
    [404, 'a product that is gone', () => basket([{ id: '01890000-0000-7000-8000-000000000000' }])],
    [409, 'too little stock', () => basket([app.products.offer({ available: 0 })])],
    [
      422,
      'two currencies',
      () => basket([lamp, app.products.offer({ price: { amount: 1, currency: 'GBP' } })]),
    ],
    [
      422,
      'too large a total',
      () => ({
        items: [{ productId: app.products.offer({ price: eur(10 ** 11) }).id, quantity: 2 }],
        shipTo,
      }),
    ],
  ];

  test.each(answers)('%i for %s', async (status, _what, prepare) => {
    const buyer = somebody();
    const key = freshKey();
    const body = prepare();
    const first = await app.place(buyer, body, key).expect(status);
    // Whatever became of the world meanwhile.
    app.products.comeBack();
    await app.makeDue();
    const resuming = app.resume();
    await eventually(
      async () => app.database.select("SELECT order_id FROM order_sagas WHERE step = 'reserve'"),
      (open) => open.length === 0,
    );
    await resuming.stop();

    for (const path of ['/api/v1/orders', '/api/v1/orders/']) {
      const again = await app.request
        .post(path)
        .set({ Authorization: buyer.bearer, ...key, 'X-Request-Id': 'another' })
        .send(body)
        .expect(status);
      expect(again.text).toBe(first.text);
      expect(again.get('Location')).toBe(first.get('Location'));
      expect(again.get('Location')).toMatch(/^\/api\/v1\/orders\/[0-9a-f-]{36}$/);
      expect(again.get('Content-Type')).toBe(first.get('Content-Type'));
      expect(again.get('Idempotency-Replayed')).toBe('true');
      expect(again.get('X-Request-Id')).toBe('another');
    }
    expect(first.get('Idempotency-Replayed')).toBeUndefined();
    expect(await ordersOf(buyer)).toHaveLength(1);
  });
});

describe('a key', () => {
  test('is needed', async () => {
    const { body } = await app.request
      .post('/api/v1/orders')
      .set('Authorization', somebody().bearer)
      .send(basket([lamp]))
      .expect(400);
    expect(body.code).toBe('idempotency-key-missing');
  });

  test('belongs to one body, however its fields are ordered', async () => {
    const buyer = somebody();
    const key = freshKey();
    const { body: first } = await app.place(buyer, { ...basket([lamp]), note: 'n' }, key).expect(201);
    const { body: problem } = await app.place(buyer, basket([lamp]), key).expect(422);
    expect(problem.code).toBe('idempotency-key-reused');
    const reordered = { note: 'n', shipTo, items: [{ quantity: 1, productId: lamp.id }] };
    expect((await app.place(buyer, reordered, key).expect(201)).body).toEqual(first);
    expect(await ordersOf(buyer)).toHaveLength(1);
  });

  test('of somebody else is another key', async () => {
    const key = freshKey();
    const [ada, bob] = [somebody(), somebody()];
    const { body: first } = await app.place(ada, basket([lamp]), key).expect(201);
    const second = await app.place(bob, basket([lamp]), key).expect(201);
    expect(second.body.id).not.toBe(first.id);
    expect(second.get('Idempotency-Replayed')).toBeUndefined();
    expect(await ordersOf(bob)).toEqual([{ id: second.body.id }]);
  });

  test('stays free after a request that was refused before any work', async () => {
    const buyer = somebody();
    const key = freshKey();
    await app.place(buyer, {}, key).expect(400);
    await app.place({ ...buyer, bearer: 'Bearer x' }, basket([lamp]), key).expect(401);
    await app.place(buyer, 'x' as unknown as object, { ...key, 'Content-Type': 'text/plain' }).expect(415);
    const { headers } = await app.place(buyer, basket([lamp]), key).expect(201);
    expect(headers).not.toHaveProperty('idempotency-replayed');
  });
});

describe('a request whose process died', () => {
  /** Sends an order to a replica that dies when product-service is asked, before it holds the stock or after. */
  async function dieWhileHolding(buyer: Person, key: Record<string, string>, when: 'before' | 'after') {
    const doomed = await app.startReplica();
    let orderId = '';
    app.products[when] = async (call) => {
      orderId = orderIdOf(call);
      // Without its pool the process can write nothing any more, as if it were gone; nor is it heard when it asks again.
      await doomed.database.close();
      app.products.before = () => 'reset';
      return 'reset';
    };
    const headers = { Authorization: buyer.bearer, 'Content-Type': 'application/json', ...key };
    const body = JSON.stringify(basket([lamp]));
    await fetch(`${doomed.url}/api/v1/orders`, { method: 'POST', headers, body });
    app.products.before = undefined;
    app.products.after = undefined;
    await doomed.close();
    return orderId;
  }

  async function repeatUntilAnswered(buyer: Person, key: Record<string, string>) {
    return eventually(
      async () => app.place(buyer, basket([lamp]), key),
      ({ body }) => body.code !== 'request-in-progress',
    );
  }

  test.each(['before', 'after'] as const)(
    '%s its stock was held is repeated: 202, for good',
    async (when) => {
      const buyer = somebody();
      const key = freshKey();
      const orderId = await dieWhileHolding(buyer, key, when);
      expect((await app.get(buyer, `/orders/${orderId}`)).body.status).toBe('pending');
      expect(app.products.reservations.has(orderId)).toBe(when === 'after');
      const [lease] = await app.database.select<{ seconds: number }>(
        `SELECT TIMESTAMPDIFF(MICROSECOND, orders.created_at, lease_until) / 1e6 AS seconds
         FROM idempotency_claims JOIN orders ON orders.id = resource_id WHERE resource_id = :orderId`,
        { orderId },
      );
      expect(Number(lease?.seconds)).toBeLessThan(5);

      const repeated = await repeatUntilAnswered(buyer, key);
      expect(repeated.status).toBe(202);
      expect(repeated.body).toMatchObject({ id: orderId, status: 'pending' });
      expect(repeated.get('Location')).toBe(`/api/v1/orders/${orderId}`);

      await app.makeDue(orderId);
      const resuming = app.resume();
      await eventually(
        async () => (await app.get(buyer, `/orders/${orderId}`)).body.status as string,
        (status) => status === 'awaiting_payment',
      );
      await resuming.stop();
      const again = await app.place(buyer, basket([lamp]), key).expect(202);
      expect(again.text).toBe(repeated.text);
      expect(await ordersOf(buyer)).toEqual([{ id: orderId }]);
    },
  );

  test('is answered from what became of its order', async () => {
    const buyer = somebody();
    const key = freshKey();
    const orderId = await dieWhileHolding(buyer, key, 'after');
    await app.makeDue(orderId);
    const resuming = app.resume();
    await eventually(
      async () => (await app.get(buyer, `/orders/${orderId}`)).body.status as string,
      (status) => status === 'awaiting_payment',
    );
    await resuming.stop();
    const repeated = await repeatUntilAnswered(buyer, key);
    expect(repeated.status).toBe(201);
    expect(repeated.body).toEqual((await app.get(buyer, `/orders/${orderId}`)).body);
    await app.cancel(buyer, orderId).expect(200);
    expect((await app.place(buyer, basket([lamp]), key).expect(201)).text).toBe(repeated.text);
  });

  test('with another body is still another request', async () => {
    const buyer = somebody();
    const key = freshKey();
    await dieWhileHolding(buyer, key, 'before');
    const { body } = await app.place(buyer, basket([lamp], { note: 'other' }), key).expect(422);
    expect(body.code).toBe('idempotency-key-reused');
  });
});

describe('a 5xx is never kept', () => {
  test('when the order has no row yet, the repeat runs as new', async () => {
    const buyer = somebody();
    const key = freshKey();
    await app.database.sequelize.query('RENAME TABLE order_timeline TO order_timeline_away');
    await app.place(buyer, basket([lamp]), key).expect(500);
    await app.database.sequelize.query('RENAME TABLE order_timeline_away TO order_timeline');
    expect(await ordersOf(buyer)).toEqual([]);
    const { headers } = await app.place(buyer, basket([lamp]), key).expect(201);
    expect(headers).not.toHaveProperty('idempotency-replayed');
  });

  test('and a row of the order that somebody keeps locked is none: the order is there, and goes on later', async () => {
    const buyer = somebody();
    const key = freshKey();
    const other = openDatabase(app.database.settings);
    const lock = await other.sequelize.transaction();
    app.products.after = async (call) => {
      const sql = 'SELECT id FROM orders WHERE id = :id FOR UPDATE';
      if (isHold(call)) await other.select(sql, { id: orderIdOf(call) }, lock);
    };
    const sentAt = performance.now();
    const placed = await app.place(buyer, basket([lamp]), key);
    expect(performance.now() - sentAt).toBeLessThan(4_500);
    // With a single connection, which waits for the lock, not even the answer can be kept.
    expect([202, 503]).toContain(placed.status);
    await lock.rollback();
    await other.close();

    const repeated = await eventually(
      async () => app.place(buyer, basket([lamp]), key),
      (answer) => answer.status < 300,
    );
    expect(await ordersOf(buyer)).toEqual([{ id: repeated.body.id }]);
  });
});
