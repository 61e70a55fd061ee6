import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isCharge } from './helpers/fake-provider.ts';
import { type OrderApp, type Person, somebody, startOrderApp } from './helpers/order-app.ts';
import {
  buyOne,
  movesOf,
  payingOne,
  paymentRows,
  placeOne,
  settle,
  statusOf,
  untilIdle,
} from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.provider.before = undefined;
  app.provider.after = undefined;
  app.provider.comeBack();
});
afterAll(() => app.stop());

const admin = somebody('admin');
const inquire = (by: Person, paymentId: string) =>
  app.request.post(`/api/v1/payments/${paymentId}/inquiry`).set('Authorization', by.bearer);

describe('the payments of an order', () => {
  test('are read page by page, newest first, and each by itself', async () => {
    const { buyer, orderId } = await placeOne(app);
    for (const token of ['tok_declined', 'tok_declined']) await app.pay(buyer, orderId, token).expect(409);
    const { body: last } = await app.pay(buyer, orderId).expect(201);
    const ids = (await paymentRows(app, orderId)).map(({ id }) => id).reverse();

    const { body: all } = await app.get(buyer, `/orders/${orderId}/payments`).expect(200);
    expect(all.items.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(all.nextCursor).toBeNull();
    expect(all.items[0]).toEqual(last);
    expect(all.items[1]).toMatchObject({ status: 'declined', declineCode: 'do_not_honor', attempts: 1 });
    for (const item of all.items)
      expect((await app.get(buyer, `/payments/${item.id}`).expect(200)).body).toEqual(item);

    const { body: first } = await app.get(admin, `/orders/${orderId}/payments?limit=2`).expect(200);
    expect(first.items).toEqual(all.items.slice(0, 2));
    const { body: second } = await app
      .get(buyer, `/orders/${orderId}/payments?limit=2&cursor=${first.nextCursor}`)
      .expect(200);
    expect(second).toEqual({ items: all.items.slice(2), nextCursor: null });
  });

  test('are none before the first, and nobody else learns of them', async () => {
    const { buyer, orderId } = await placeOne(app);
    const none = { items: [], nextCursor: null };
    expect((await app.get(buyer, `/orders/${orderId}/payments`).expect(200)).body).toEqual(none);
    const { body: payment } = await app.pay(buyer, orderId).expect(201);
    const seller = (await app.get(admin, `/orders/${orderId}`)).body.items[0].productId as string;
    for (const stranger of [somebody(), somebody('seller'), { ...somebody('seller'), id: seller }]) {
      await app.get(stranger, `/orders/${orderId}/payments`).expect(404);
      await app.get(stranger, `/payments/${payment.id}`).expect(404);
      await inquire(stranger, payment.id).expect(404);
    }
    await app.get(buyer, '/payments/01890000-0000-7000-8000-000000000000').expect(404);
    await app.get(buyer, '/payments/1').expect(400);
    await app.get(admin, `/payments/${payment.id}`).expect(200);
  });
});

describe('the token of a payment', () => {
  test('is kept while it may have to be sent again, and forgotten when the payment rests', async () => {
    const { orderId } = await payingOne(app);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'processing', token: 'tok_ok' }]);
    await settle(app, orderId);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'captured', token: null }]);

    const other = await placeOne(app);
    await app.pay(other.buyer, other.orderId, 'tok_declined').expect(409);
    expect(await paymentRows(app, other.orderId)).toMatchObject([{ status: 'declined', token: null }]);
  });

  test('is in no answer, and in no other table', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
    const paying = await app.pay(buyer, orderId, 'tok_secret').expect(202);
    const paths = [
      `/payments/${paying.body.id}`,
      `/orders/${orderId}/payments`,
      `/orders/${orderId}`,
      '/orders',
    ];
    const answers = [paying, await inquire(buyer, paying.body.id).expect(200)];
    for (const path of paths) answers.push(await app.get(buyer, path).expect(200));
    for (const { text } of answers) expect(text).not.toContain('tok_secret');
    const stored = await app.database.select(
      `SELECT body FROM idempotency_answers WHERE body LIKE '%tok_secret%'
        UNION SELECT last_error FROM order_sagas WHERE last_error LIKE '%tok_secret%'`,
    );
    expect(stored).toEqual([]);
    app.provider.before = undefined;
    await settle(app, orderId);
  });
});

describe('an inquiry', () => {
  test('finds what the provider took meanwhile, and goes on with the order', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = () => 'reset';
    const { body: payment } = await app.pay(buyer, orderId).expect(202);
    app.provider.after = undefined;
    const { body } = await inquire(buyer, payment.id).expect(200);
    expect(body).toEqual({ ...payment, status: 'captured' });
    expect(app.provider.sendsFor(orderId)).toHaveLength(1);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid');
    expect(app.products.reservations.get(orderId)?.status).toBe('committed');
    await untilIdle(app, orderId);
  });

  test('finds that it was declined, and the order waits for another', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = () => 'reset';
    const { body: payment } = await app.pay(buyer, orderId, 'tok_declined').expect(202);
    app.provider.after = undefined;
    const { body } = await inquire(admin, payment.id).expect(200);
    expect(body).toMatchObject({ status: 'declined', declineCode: 'do_not_honor', attempts: 1 });
    expect(await statusOf(app, orderId)).toBe('awaiting_payment');
  });

  test('sends nothing and uses no attempt when the provider has nothing', async () => {
    const { buyer, orderId, paymentId } = await payingOne(app);
    const { body } = await inquire(buyer, paymentId).expect(200);
    expect(body).toMatchObject({ status: 'processing', attempts: 1 });
    expect((await inquire(buyer, paymentId).expect(200)).body).toEqual(body);
    expect(app.provider.methodsFor(paymentId)).toEqual(['PUT', 'GET', 'GET', 'GET']);
    expect(await statusOf(app, orderId)).toBe('paying');
    await settle(app, orderId);
  });

  test.each(['reset', 'hang'])('is answered 503 when the provider does not (%s)', async (how) => {
    const { buyer, orderId, paymentId } = await payingOne(app);
    app.provider.before = () => how;
    const answer = await inquire(buyer, paymentId).expect(503);
    expect(Number(answer.get('Retry-After'))).toBeGreaterThanOrEqual(1);
    expect(await statusOf(app, orderId)).toBe('paying');
    app.provider.before = undefined;
    await settle(app, orderId);
  });

  test('of a payment that rests asks nobody', async () => {
    const { buyer, orderId } = await buyOne(app);
    const [{ id } = {}] = await paymentRows(app, orderId);
    app.provider.goAway();
    const { body } = await inquire(buyer, id!).expect(200);
    expect(body).toMatchObject({ id, status: 'captured' });
    expect(app.provider.methodsFor(id!)).toEqual(['PUT']);
  });
});
