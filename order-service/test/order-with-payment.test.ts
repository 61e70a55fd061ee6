import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isHold, orderIdOf } from './helpers/fake-products.ts';
import { isCharge } from './helpers/fake-provider.ts';
import { basket, type OrderApp, type Person, somebody, startOrderApp } from './helpers/order-app.ts';
import { movesOf, paymentRows, settle, statusOf, untilIdle } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.products.before = undefined;
  app.products.after = undefined;
  app.products.comeBack();
  app.provider.before = undefined;
  app.provider.comeBack();
});
afterAll(() => app.stop());

const paid = 'pending awaiting_payment paying paid';

function placePaying(buyer: Person, { token = 'tok_ok', product = app.products.offer(), headers = {} } = {}) {
  return app.place(buyer, basket([product], { payment: { method: 'card', token } }), headers);
}

/** What is left of the payment that came with an order. */
async function rememberedBy(orderId: string): Promise<string> {
  const [row] = await app.database.select<{ remembered: unknown }>(
    'SELECT remembered_payment AS remembered FROM orders WHERE id = :orderId',
    { orderId },
  );
  return typeof row?.remembered === 'string' ? row.remembered : JSON.stringify(row?.remembered);
}

describe('an order that comes with a payment', () => {
  test('is held, charged, sold and answered in one go', async () => {
    const buyer = somebody();
    const product = app.products.offer({ available: 3 });
    const { body, headers } = await placePaying(buyer, { product }).expect(201);
    const [{ id } = {}] = await paymentRows(app, body.id);
    expect(body).toMatchObject({ status: 'paid', version: 4, total: product.price });
    expect(body.payment).toEqual({ id, status: 'captured', declineCode: null });
    expect(headers.location).toBe(`/api/v1/orders/${body.id}`);
    expect(await movesOf(app, body.id)).toBe(paid);
    expect(app.products.reservations.get(body.id)?.status).toBe('committed');
    expect(app.provider.methodsFor(id!)).toEqual(['PUT']);
    expect(app.provider.sendsFor(body.id)[0]?.body).toMatchObject({ amount: product.price, token: 'tok_ok' });
  });

  test('awaits another one when it is declined', async () => {
    const buyer = somebody();
    const { body } = await placePaying(buyer, { token: 'tok_declined' }).expect(201);
    const [{ id } = {}] = await paymentRows(app, body.id);
    expect(body).toMatchObject({ status: 'awaiting_payment' });
    expect(body.payment).toEqual({ id, status: 'declined', declineCode: 'do_not_honor' });
    await settle(app, body.id);
    expect(app.provider.sendsFor(body.id)).toHaveLength(1);
    await app.pay(buyer, body.id).expect(201);
    expect(await statusOf(app, body.id)).toBe('paid');
  });

  test('is paying in the answer when the charge takes longer, and is paid without anybody else', async () => {
    app.provider.before = (call) => (isCharge(call) ? sleep(1_700) : undefined);
    const { body } = await placePaying(somebody()).expect(201);
    expect(body).toMatchObject({ status: 'paying', payment: { status: 'processing', declineCode: null } });
    await untilIdle(app, body.id);
    expect(await movesOf(app, body.id)).toBe(paid);
    expect(app.provider.sendsFor(body.id)).toHaveLength(1);
  });

  test('is paying in the answer when the charge fails softly, and is paid by a worker', async () => {
    app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
    const { body } = await placePaying(somebody()).expect(201);
    expect(body).toMatchObject({ status: 'paying', payment: { status: 'processing' } });
    app.provider.before = undefined;
    await settle(app, body.id);
    expect(await movesOf(app, body.id)).toBe(paid);
  });

  test('is pending while product-service is away, and paid once when its stock is held', async () => {
    app.products.goAway();
    const { body } = await placePaying(somebody()).expect(202);
    expect(body).toMatchObject({ status: 'pending', payment: null });
    expect(app.provider.sendsFor(body.id)).toEqual([]);
    app.products.comeBack();
    await app.makeDue(body.id);
    await settle(app, body.id);
    expect(await movesOf(app, body.id)).toBe(paid);
    expect(app.provider.sendsFor(body.id)).toHaveLength(1);
  });

  test('is charged nothing when it is rejected', async () => {
    const product = app.products.offer({ available: 0 });
    const { body } = await placePaying(somebody(), { product }).expect(409);
    expect(body).toMatchObject({ code: 'insufficient-stock' });
    await settle(app);
    expect(await statusOf(app, body.orderId)).toBe('rejected');
    expect(app.provider.sendsFor(body.orderId)).toEqual([]);
    expect(await paymentRows(app, body.orderId)).toEqual([]);
  });

  test('is charged nothing when it is cancelled while it is pending', async () => {
    const buyer = somebody();
    app.products.goAway();
    const { body } = await placePaying(buyer).expect(202);
    await app.cancel(buyer, body.id).expect(200);
    app.products.comeBack();
    await app.makeDue(body.id);
    await settle(app, body.id);
    expect(await movesOf(app, body.id)).toBe('pending cancelled');
    expect(app.provider.sendsFor(body.id)).toEqual([]);
    expect(await rememberedBy(body.id)).not.toContain('tok_ok');
  });

  test('is charged nothing when it is cancelled while its stock is being held', async () => {
    const buyer = somebody();
    const product = app.products.offer({ available: 1 });
    app.products.after = async (call) => {
      if (isHold(call)) await app.cancel(buyer, orderIdOf(call)).expect(200);
    };
    const { body } = await placePaying(buyer, { product }).expect(201);
    expect(body).toMatchObject({ status: 'cancelled', payment: null });
    await settle(app, body.id);
    expect(app.provider.sendsFor(body.id)).toEqual([]);
    expect(product.available).toBe(1);
  });
});

describe('the token of that payment', () => {
  test('leaves the order when the payment is made, and is in no answer', async () => {
    const buyer = somebody();
    app.products.goAway();
    const pending = await placePaying(buyer).expect(202);
    expect(await rememberedBy(pending.body.id)).toContain('tok_ok');
    expect(pending.text).not.toContain('tok_ok');
    expect((await app.get(buyer, `/orders/${pending.body.id}`).expect(200)).text).not.toContain('tok_ok');
    app.products.comeBack();
    await app.makeDue(pending.body.id);
    await settle(app, pending.body.id);
    expect(await rememberedBy(pending.body.id)).not.toContain('tok_');
  });

  test.each([
    ['declined', 201, {}],
    ['rejected', 409, { available: 0 }],
  ])('leaves the order when it is %s', async (_what, status, offer) => {
    const product = app.products.offer(offer);
    const { body } = await placePaying(somebody(), { token: 'tok_declined', product }).expect(status);
    expect(await rememberedBy(body.orderId ?? body.id)).not.toContain('tok_');
  });
});

describe('only the answer to the order that came with a payment', () => {
  test('tells of it', async () => {
    const buyer = somebody();
    const { body: paying } = await placePaying(buyer).expect(201);
    expect(paying).toHaveProperty('payment');
    expect((await app.get(buyer, `/orders/${paying.id}`).expect(200)).body).not.toHaveProperty('payment');
    const { body: list } = await app.get(buyer, '/orders').expect(200);
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).not.toHaveProperty('payment');
    const { body: without } = await app.place(buyer, basket([app.products.offer()])).expect(201);
    expect(without).not.toHaveProperty('payment');
    expect((await app.cancel(buyer, without.id).expect(200)).body).not.toHaveProperty('payment');
  });

  test.each([
    ['paid', 201, 'tok_ok'],
    ['declined', 201, 'tok_declined'],
    ['pending', 202, 'tok_ok'],
  ])('is repeated byte by byte when it was %s, and charges once', async (what, status, token) => {
    const headers = { 'Idempotency-Key': `with-payment-${what}` };
    const [buyer, product] = [somebody(), app.products.offer()];
    if (what === 'pending') app.products.goAway();
    const first = await placePaying(buyer, { token, product, headers }).expect(status);
    app.products.comeBack();
    if (what === 'pending') await app.makeDue(first.body.id);
    await settle(app, first.body.id);
    const again = await placePaying(buyer, { token, product, headers }).expect(status);
    expect(again.text).toBe(first.text);
    expect(again.get('Location')).toBe(first.get('Location'));
    expect(again.get('Idempotency-Replayed')).toBe('true');
    expect(app.provider.sendsFor(first.body.id)).toHaveLength(1);
  });

  test('names its faults', async () => {
    for (const payment of [
      { method: 'cash', token: 't' },
      { method: 'card' },
      { method: 'card', token: '' },
      'card',
    ]) {
      const { body } = await app.place(somebody(), basket([app.products.offer()], { payment })).expect(400);
      expect(body.errors[0].pointer).toMatch(/^\/payment/);
    }
  });
});
