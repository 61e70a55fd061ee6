import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isCharge } from './helpers/fake-provider.ts';
import { basket, type OrderApp, type Person, somebody, startOrderApp } from './helpers/order-app.ts';
import {
  buyOne,
  forgetAnswer,
  movesOf,
  payingOne,
  paymentRows,
  placeOne,
  sagaOf,
  settle,
  statusOf,
} from './helpers/order-lives.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.provider.before = undefined;
  app.provider.comeBack();
  app.products.comeBack();
});
afterAll(() => app.stop());

describe('a payment that is captured', () => {
  test('pays the order and sells its stock', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 3 });
    const { body, headers } = await app.pay(buyer, orderId).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(uuid7),
      orderId,
      amount: { amount: 1999, currency: 'EUR' },
      status: 'captured',
      declineCode: null,
      attempts: 1,
      createdAt: expect.stringMatching(instant),
    });
    expect(headers.location).toBe(`/api/v1/payments/${body.id}`);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid');
    const { body: order } = await app.get(buyer, `/orders/${orderId}`).expect(200);
    expect(order).toMatchObject({ status: 'paid', version: 4, total: body.amount });
    expect(app.products.reservations.get(orderId)?.status).toBe('committed');
    expect(product.available).toBe(2);
    expect(await sagaOf(app, orderId)).toMatchObject({ step: 'nothing' });
  });

  test('is charged once, under its own id, for the total of the order', async () => {
    const { buyer, orderId } = await placeOne(app);
    const { body } = await app.pay(buyer, orderId, 'tok_visa').expect(201);
    const [send, ...others] = app.provider.sendsFor(orderId);
    expect(others).toEqual([]);
    expect(send?.path).toBe(`/provider/v1/charges/${body.id}`);
    expect(send?.body).toEqual({ orderId, amount: body.amount, method: 'card', token: 'tok_visa' });
  });

  test('is written down before it is sent, and sent outside of every transaction', async () => {
    const { buyer, orderId } = await placeOne(app);
    const seen: object[] = [];
    app.provider.before = async () => {
      // With a pool of one, this waits in vain while a transaction is open.
      seen.push(
        ...(await app.database.select(
          `SELECT orders.status AS status, payments.status AS payment, step, due_at > NOW(3) AS leased FROM orders
             JOIN payments ON payments.order_id = orders.id JOIN order_sagas ON order_sagas.order_id = orders.id
            WHERE orders.id = :orderId`,
          { orderId },
        )),
      );
    };
    await app.pay(buyer, orderId).expect(201);
    expect(seen).toEqual([{ status: 'paying', payment: 'processing', step: 'charge', leased: 1 }]);
  });

  test('pays the order while product-service is away, which hears of the sale later', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.products.goAway();
    await app.pay(buyer, orderId).expect(201);
    expect(await statusOf(app, orderId)).toBe('paid');
    expect(app.products.reservations.get(orderId)?.status).toBe('held');
    app.products.comeBack();
    await settle(app, orderId);
    expect(app.products.reservations.get(orderId)?.status).toBe('committed');
  });

  test('may be one of nothing, for what is free', async () => {
    const { buyer, orderId } = await placeOne(app, { price: { amount: 0, currency: 'EUR' } });
    expect((await app.pay(buyer, orderId).expect(201)).body.amount.amount).toBe(0);
    expect(await statusOf(app, orderId)).toBe('paid');
  });
});

test('a payment that fails softly is answered 202, and settled by a worker', async () => {
  const { buyer, orderId } = await placeOne(app);
  app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
  const answer = await app.pay(buyer, orderId).expect(202);
  expect(answer.body).toMatchObject({ orderId, status: 'processing', declineCode: null });
  expect(answer.get('Location')).toBe(`/api/v1/payments/${answer.body.id}`);
  expect(await statusOf(app, orderId)).toBe('paying');
  app.provider.before = undefined;
  await settle(app, orderId);
  expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid');
  const { body } = await app.get(buyer, `/payments/${answer.body.id}`).expect(200);
  expect(body).toMatchObject({ status: 'captured', attempts: 2 });
  expect(app.provider.sendsFor(orderId)).toHaveLength(2);
});

describe('a payment that is declined', () => {
  const decline = (buyer: Person, orderId: string) => app.pay(buyer, orderId, 'tok_declined').expect(409);

  test('says why and that another may do, and the order waits for it', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 3 });
    const { body, headers } = await decline(buyer, orderId);
    const [{ id: paymentId } = {}] = await paymentRows(app, orderId);
    expect(body).toMatchObject({
      code: 'payment-declined',
      declineCode: 'do_not_honor',
      retryable: true,
      orderId,
      paymentId,
    });
    expect(headers.location).toBe(`/api/v1/payments/${paymentId}`);
    expect(await statusOf(app, orderId)).toBe('awaiting_payment');
    expect(await sagaOf(app, orderId)).toMatchObject({ step: 'expire' });
    expect(product.available).toBe(2);

    await app.pay(buyer, orderId).expect(201);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying awaiting_payment paying paid');
    expect((await paymentRows(app, orderId)).map(({ status }) => status)).toEqual(['declined', 'captured']);
  });

  test('is the last when it is the fifth: the stock goes back, and nothing pays the order any more', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 3 });
    for (let count = 0; count < 4; count += 1)
      expect((await decline(buyer, orderId)).body).toMatchObject({ code: 'payment-declined' });
    const { body } = await decline(buyer, orderId);
    expect(body).toMatchObject({ code: 'attempts-exhausted', declineCode: 'do_not_honor', retryable: false });
    expect(await statusOf(app, orderId)).toBe('payment_failed');
    expect(app.products.reservations.get(orderId)?.status).toBe('released');
    expect(product.available).toBe(3);
    expect((await app.pay(buyer, orderId).expect(409)).body.code).toBe('attempts-exhausted');
    expect(app.provider.sendsFor(orderId)).toHaveLength(5);
    expect(app.provider.capturedFor(orderId)).toBe(0);
  });
});

describe('a payment is refused', () => {
  const orders: [string, () => Promise<{ buyer: Person; orderId: string }>][] = [
    [
      'pending',
      async () => {
        const buyer = somebody();
        app.products.goAway();
        const { body } = await app.place(buyer, basket([app.products.offer()])).expect(202);
        return { buyer, orderId: body.id };
      },
    ],
    [
      'rejected',
      async () => {
        const buyer = somebody();
        const { body } = await app.place(buyer, basket([app.products.offer({ available: 0 })])).expect(409);
        return { buyer, orderId: body.orderId };
      },
    ],
    [
      'cancelled',
      async () => {
        const { buyer, orderId } = await placeOne(app);
        await app.cancel(buyer, orderId).expect(200);
        return { buyer, orderId };
      },
    ],
    ['paying', () => payingOne(app)],
    ['paid', () => buyOne(app)],
  ];

  test.each(orders)('by an order that is %s', async (status, make) => {
    const { buyer, orderId } = await make();
    expect(await statusOf(app, orderId)).toBe(status);
    const sends = app.provider.sendsFor(orderId).length;
    const { body } = await app.pay(buyer, orderId).expect(409);
    expect(body).toMatchObject({ code: 'illegal-transition', detail: expect.stringContaining(status) });
    expect(app.provider.sendsFor(orderId)).toHaveLength(sends);
    app.products.comeBack();
    await app.makeDue(orderId);
    await settle(app, orderId);
  });

  test("by somebody else's order, which does not exist, and by one that never did", async () => {
    const { orderId } = await placeOne(app);
    for (const stranger of [somebody(), somebody('seller'), somebody('admin')])
      expect((await app.pay(stranger, orderId).expect(404)).body.code).toBe('not-found');
    await app.pay(somebody(), '01890000-0000-7000-8000-000000000000').expect(404);
    expect(app.provider.sendsFor(orderId)).toEqual([]);
  });

  test('without a key, without a token, and by another method than card', async () => {
    const { buyer, orderId } = await placeOne(app);
    const path = `/api/v1/orders/${orderId}/payments`;
    const send = (body: object, headers: object = { 'Idempotency-Key': 'k' }) =>
      app.request
        .post(path)
        .set({ Authorization: buyer.bearer, ...headers })
        .send(body);
    const keyless = await send({ method: 'card', token: 'tok_ok' }, {}).expect(400);
    expect(keyless.body.code).toBe('idempotency-key-missing');
    for (const body of [
      { method: 'card' },
      { method: 'card', token: '' },
      { method: 'cash', token: 'tok_ok' },
    ])
      expect((await send(body).expect(400)).body.code).toBe('validation-failed');
    expect(await statusOf(app, orderId)).toBe('awaiting_payment');
  });
});

describe('a repeat with the same key', () => {
  const key = { 'Idempotency-Key': 'the same' };

  test.each([
    ['captured', 201, 'tok_ok'],
    ['declined', 409, 'tok_declined'],
  ])('gets the answer of a payment that was %s again, byte by byte', async (_what, status, token) => {
    const { buyer, orderId } = await placeOne(app);
    const first = await app.pay(buyer, orderId, token, key).expect(status);
    const again = await app.pay(buyer, orderId, token, key).expect(status);
    expect(again.text).toBe(first.text);
    expect(again.get('Location')).toBe(first.get('Location'));
    expect(first.get('Idempotency-Replayed')).toBeUndefined();
    expect(again.get('Idempotency-Replayed')).toBe('true');
    expect(app.provider.sendsFor(orderId)).toHaveLength(1);
  });

  test('gets the 202 of then, whatever became of the payment meanwhile', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
    const first = await app.pay(buyer, orderId, 'tok_ok', key).expect(202);
    app.provider.before = undefined;
    await settle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('paid');
    const again = await app.pay(buyer, orderId, 'tok_ok', key).expect(202);
    expect(again.text).toBe(first.text);
    expect(again.get('Idempotency-Replayed')).toBe('true');
  });

  test('and another token is refused, and charges nothing', async () => {
    const { buyer, orderId } = await placeOne(app);
    await app.pay(buyer, orderId, 'tok_declined', key).expect(409);
    const { body } = await app.pay(buyer, orderId, 'tok_ok', key).expect(422);
    expect(body.code).toBe('idempotency-key-reused');
    expect(app.provider.sendsFor(orderId)).toHaveLength(1);
  });

  test('whose first request died is answered with what became of the payment', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
    const { body } = await app.pay(buyer, orderId, 'tok_ok', key).expect(202);
    app.provider.before = undefined;
    await forgetAnswer(app, body.id);
    await settle(app, orderId);
    const again = await app.pay(buyer, orderId, 'tok_ok', key).expect(201);
    expect(again.body).toMatchObject({ id: body.id, status: 'captured', attempts: 2 });
    expect((await app.pay(buyer, orderId, 'tok_ok', key).expect(201)).text).toBe(again.text);
    expect(await paymentRows(app, orderId)).toHaveLength(1);
  });
});
