import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isRefund } from './helpers/fake-provider.ts';
import { basket, type OrderApp, type Person, somebody, startOrderApp, tokens } from './helpers/order-app.ts';
import {
  buyOne,
  forgetAnswer,
  movesOf,
  payingOne,
  placeOne,
  sagaOf,
  settle,
  statusOf,
} from './helpers/order-lives.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const price = (amount: number) => ({ price: { amount, currency: 'EUR' } });
const admin = somebody('admin');
const seller = (id: string): Person => ({ id, bearer: tokens.bearer(id, 'customer', 'seller') });

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.provider.before = undefined;
  app.provider.after = undefined;
  app.provider.comeBack();
  app.products.comeBack();
});
afterAll(() => app.stop());

const returnsOf = (orderId: string) =>
  app.products.callsFor(orderId).filter(({ path }) => path.endsWith('/return'));
const refundsOf = async (orderId: string) =>
  (await app.get(admin, `/orders/${orderId}/refunds`).expect(200)).body.items as { status: string }[];

describe('a refund', () => {
  test('of a part gives that back, and the order stays paid', async () => {
    const { orderId, product } = await buyOne(app, { ...price(1000), available: 3 });
    const { body, headers } = await app.refund(admin, orderId, 400).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(uuid7),
      orderId,
      amount: { amount: 400, currency: 'EUR' },
      status: 'refunded',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(headers.location).toBe(`/api/v1/orders/${orderId}/refunds`);
    const made = app.provider.refunds.get(body.id);
    expect(made?.amount).toEqual(body.amount);
    expect(app.provider.charges.get(made!.chargeId)?.orderId).toBe(orderId);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid');
    expect(product.available).toBe(2);
    expect(returnsOf(orderId)).toEqual([]);
  });

  test('of all takes the order back, and its goods return to stock, once', async () => {
    const { orderId, product } = await buyOne(app, { ...price(1000), available: 3 });
    await app.refund(admin, orderId, 300).expect(201);
    await app.refund(admin, orderId, 700).expect(201);
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid refunding refunded');
    expect(app.provider.refundedFor(orderId)).toBe(1000);
    expect(product.available).toBe(3);
    expect(returnsOf(orderId)).toHaveLength(1);
    expect(returnsOf(orderId)[0]?.body).toMatchObject({ items: [{ productId: product.id, quantity: 1 }] });
    expect(await sagaOf(app, orderId)).toMatchObject({ step: 'nothing' });
  });

  test('waits for a provider that is away, and so does the return of the goods', async () => {
    const { orderId, product } = await buyOne(app, { ...price(1000), available: 1 });
    app.provider.goAway();
    const { body } = await app.refund(admin, orderId, 1000).expect(202);
    expect(body).toMatchObject({ status: 'pending' });
    expect(await statusOf(app, orderId)).toBe('refunding');
    expect(product.available).toBe(0);
    app.provider.comeBack();
    await settle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('refunded');
    expect(await refundsOf(orderId)).toEqual([{ ...body, status: 'refunded' }]);
    expect(product.available).toBe(1);
  });

  test('whose answer is lost is sent again under the same id, and made once', async () => {
    const { orderId } = await buyOne(app, price(1000));
    app.provider.after = (call) => (isRefund(call) ? 'reset' : undefined);
    const { body } = await app.refund(admin, orderId, 600).expect(202);
    app.provider.after = undefined;
    await settle(app, orderId);
    expect(await refundsOf(orderId)).toEqual([{ ...body, status: 'refunded' }]);
    const sends = app.provider.calls.filter(({ path }) => path === `/provider/v1/refunds/${body.id}`);
    expect(sends.length).toBeGreaterThanOrEqual(2);
    expect(app.provider.refundedFor(orderId)).toBe(600);
  });

  test('that the provider declines has failed, and its amount may be refunded again', async () => {
    const { orderId } = await buyOne(app, price(1000));
    const { body: before } = await app.get(admin, `/orders/${orderId}`);
    app.provider.before = (call) =>
      isRefund(call) ? { status: 200, body: { status: 'declined', declineCode: 'no' } } : undefined;
    const { body } = await app.refund(admin, orderId, 600).expect(201);
    expect(body).toMatchObject({ status: 'failed', amount: { amount: 600 } });
    app.provider.before = undefined;
    expect((await app.get(admin, `/orders/${orderId}`)).body).toEqual(before);
    await app.refund(admin, orderId, 1000).expect(201);
    await settle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('refunded');
    expect(app.provider.refundedFor(orderId)).toBe(1000);
    expect((await refundsOf(orderId)).map(({ status }) => status)).toEqual(['refunded', 'failed']);
  });

  test('comes after the commit when product-service was away: what returns was sold', async () => {
    const { buyer, orderId, product } = await placeOne(app, { ...price(1000), available: 1 });
    app.products.goAway();
    await app.pay(buyer, orderId).expect(201);
    await app.refund(admin, orderId, 1000).expect(202);
    expect(app.provider.refundedFor(orderId)).toBe(0);
    app.products.comeBack();
    await settle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('refunded');
    expect(product.available).toBe(1);
  });

  test('under the same key is made once and answered alike, byte by byte', async () => {
    const { orderId } = await buyOne(app, price(1000));
    const key = { 'Idempotency-Key': 'refund' };
    const first = await app.refund(admin, orderId, 400, key).expect(201);
    const again = await app.refund(admin, orderId, 400, key).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.get('Idempotency-Replayed')).toBe('true');
    expect((await app.refund(admin, orderId, 300, key).expect(422)).body.code).toBe('idempotency-key-reused');
    expect(app.provider.refundedFor(orderId)).toBe(400);
  });
});

test('a refund whose first request died is answered with what became of it', async () => {
  const { orderId } = await buyOne(app, price(1000));
  const key = { 'Idempotency-Key': 'dead' };
  app.provider.goAway();
  const { body } = await app.refund(admin, orderId, 400, key).expect(202);
  await forgetAnswer(app, body.id);
  app.provider.comeBack();
  await settle(app, orderId);
  const again = await app.refund(admin, orderId, 400, key).expect(201);
  expect(again.body).toEqual({ ...body, status: 'refunded' });
  expect(app.provider.refundedFor(orderId)).toBe(400);
});

describe('a refund is refused', () => {
  test('to whoever is neither a seller of the order nor an admin', async () => {
    const { buyer, orderId, product } = await buyOne(app, price(1000));
    const customer = { id: product.sellerId, bearer: tokens.bearer(product.sellerId, 'customer') };
    for (const person of [buyer, customer])
      expect((await app.refund(person, orderId, 1).expect(403)).body.code).toBe('forbidden');
    await app.get(buyer, `/orders/${orderId}/refunds`).expect(403);
    for (const stranger of [somebody('seller'), seller(buyer.id)]) {
      await app.refund(stranger, orderId, 1).expect(404);
      await app.get(stranger, `/orders/${orderId}/refunds`).expect(404);
    }
    await app.refund(admin, '01890000-0000-7000-8000-000000000000', 1).expect(404);
    expect(await refundsOf(orderId)).toEqual([]);
  });

  test('beyond what was captured, in another currency, and of nothing', async () => {
    const { orderId } = await buyOne(app, price(1000));
    const send = (amount: unknown, headers: object = { 'Idempotency-Key': JSON.stringify(amount) }) =>
      app.request
        .post(`/api/v1/orders/${orderId}/refunds`)
        .set({ Authorization: admin.bearer, ...headers })
        .send({ amount, reason: 'broken' });
    const exceeding = [
      { amount: 1001, currency: 'EUR' },
      { amount: 10, currency: 'GBP' },
    ];
    for (const amount of exceeding)
      expect((await send(amount).expect(409)).body.code).toBe('exceeds-captured');
    await app.refund(admin, orderId, 999).expect(201);
    expect((await app.refund(admin, orderId, 2).expect(409)).body.code).toBe('exceeds-captured');
    for (const amount of [0, -1, 0.5, 'all', null]) await send({ amount, currency: 'EUR' }).expect(400);
    const keyless = await send({ amount: 1, currency: 'EUR' }, {}).expect(400);
    expect(keyless.body.code).toBe('idempotency-key-missing');
    expect(app.provider.refundedFor(orderId)).toBe(999);
    expect(await statusOf(app, orderId)).toBe('paid');
  });

  test('of an order that is not paid, or was taken back', async () => {
    const { orderId: waiting } = await placeOne(app);
    const { orderId: paying } = await payingOne(app);
    const { orderId: refunded } = await buyOne(app, price(1000));
    await app.refund(admin, refunded, 1000).expect(201);
    for (const orderId of [waiting, paying, refunded])
      expect((await app.refund(admin, orderId, 1).expect(409)).body.code).toBe('illegal-transition');
    await settle(app);
    expect(app.provider.refundedFor(paying)).toBe(0);
  });
});

describe('a seller', () => {
  /** An order of products of two sellers, which costs 1000 and 500. */
  async function buyTwo() {
    const buyer = somebody();
    const [lamp, desk] = [app.products.offer(price(1000)), app.products.offer(price(500))];
    const { body } = await app.place(buyer, basket([lamp, desk])).expect(201);
    await app.pay(buyer, body.id).expect(201);
    return { orderId: body.id as string, ofLamp: seller(lamp.sellerId), ofDesk: seller(desk.sellerId) };
  }

  test('refunds at most their own lines', async () => {
    const { orderId, ofLamp, ofDesk } = await buyTwo();
    expect((await app.refund(ofDesk, orderId, 501).expect(409)).body.code).toBe('exceeds-captured');
    await app.refund(ofDesk, orderId, 300).expect(201);
    await app.refund(ofLamp, orderId, 1000).expect(201);
    for (const person of [ofDesk, ofLamp])
      expect((await app.refund(person, orderId, 201).expect(409)).body.code).toBe('exceeds-captured');
    expect(await statusOf(app, orderId)).toBe('paid');
    await app.refund(ofDesk, orderId, 200).expect(201);
    await settle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('refunded');
    expect(app.provider.refundedFor(orderId)).toBe(1500);
  });

  test('lists their own refunds, an admin all of them, newest first and page by page', async () => {
    const { orderId, ofLamp, ofDesk } = await buyTwo();
    const made: string[] = [];
    for (const person of [ofLamp, ofDesk, admin, ofLamp])
      made.unshift((await app.refund(person, orderId, 10).expect(201)).body.id);
    const list = async (by: Person, query = '') =>
      (await app.get(by, `/orders/${orderId}/refunds${query}`).expect(200)).body;
    const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
    expect(idsOf(await list(admin))).toEqual(made);
    expect(idsOf(await list(ofLamp))).toEqual([made[0], made[3]]);
    expect(idsOf(await list(ofDesk))).toEqual([made[2]]);
    const first = await list(admin, '?limit=3');
    expect(idsOf(first)).toEqual(made.slice(0, 3));
    const second = await list(admin, `?limit=3&cursor=${first.nextCursor}`);
    expect(idsOf(second)).toEqual(made.slice(3));
    expect(second.nextCursor).toBeNull();
  });
});
