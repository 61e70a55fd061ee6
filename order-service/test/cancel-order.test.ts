import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isHold, type Offer } from './helpers/fake-products.ts';
import {
  basket,
  eventually,
  type OrderApp,
  type Person,
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

async function placed(buyer: Person, product = lamp): Promise<string> {
  return (await app.place(buyer, basket([product])).expect(201)).body.id;
}

async function pending(buyer: Person, product = lamp): Promise<string> {
  app.products.goAway();
  const { body } = await app.place(buyer, basket([product])).expect(202);
  app.products.comeBack();
  return body.id;
}

const releasesOf = (orderId: string) =>
  app.products
    .callsFor(orderId)
    .filter(({ path }) => path === `/internal/v1/reservations/${orderId}/release`);
const sagaOf = async (orderId: string) => {
  const [saga] = await app.database.select<{ step: string; due: number | null }>(
    'SELECT step, due_at IS NOT NULL AS due FROM order_sagas WHERE order_id = :orderId',
    { orderId },
  );
  return saga;
};

describe('an order that', () => {
  test('awaits payment is cancelled and gives its stock back, once', async () => {
    const buyer = somebody();
    const desk = app.products.offer({ available: 10 });
    const orderId = await placed(buyer, desk);
    expect(desk.available).toBe(9);
    const answer = await app.cancel(buyer, orderId).expect(200);
    expect(answer.body).toMatchObject({ id: orderId, status: 'cancelled', version: 3, rejection: null });
    expect(answer.body.total).toEqual(desk.price);
    expect(answer.get('ETag')).toBe('"3"');
    expect(desk.available).toBe(10);
    expect((await app.get(buyer, `/orders/${orderId}`).expect(200)).body).toEqual(answer.body);

    const again = await app.cancel(buyer, orderId).expect(200);
    expect(again.body).toEqual(answer.body);
    expect(releasesOf(orderId)).toHaveLength(1);
    expect(await sagaOf(orderId)).toEqual({ step: 'nothing', due: 0 });
    const [row] = await app.database.select(
      'SELECT cancel_reason AS reason FROM orders WHERE id = :orderId',
      {
        orderId,
      },
    );
    expect(row).toEqual({ reason: 'changed my mind' });
  });

  test('is pending is cancelled, and a hold that comes late finds that out', async () => {
    const buyer = somebody();
    const orderId = await pending(buyer);
    const { body } = await app.cancel(buyer, orderId).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', version: 2, total: null });
    expect(releasesOf(orderId)).toHaveLength(1);
    expect(app.products.reservations.get(orderId)?.status).toBe('released');
  });

  test('was rejected cannot be cancelled', async () => {
    const buyer = somebody();
    const { body: problem } = await app
      .place(buyer, basket([app.products.offer({ available: 0 })]))
      .expect(409);
    const { body } = await app.cancel(buyer, problem.orderId).expect(409);
    expect(body.code).toBe('illegal-transition');
    expect((await app.get(buyer, `/orders/${problem.orderId}`)).body).toMatchObject({
      status: 'rejected',
      version: 2,
    });
    expect(releasesOf(problem.orderId)).toEqual([]);
  });

  test.each(['shipped', 'delivered', 'payment_failed', 'refunded'])(
    'is %s cannot be cancelled this way',
    async (status) => {
      const buyer = somebody();
      const orderId = await placed(buyer);
      // No step leads there yet.
      await app.database.change('UPDATE orders SET status = :status WHERE id = :orderId', {
        status,
        orderId,
      });
      expect((await app.cancel(buyer, orderId).expect(409)).body.code).toBe('illegal-transition');
      expect((await app.get(buyer, `/orders/${orderId}`)).body).toMatchObject({ status, version: 2 });
      const back = { status: 'awaiting_payment', orderId };
      await app.database.change('UPDATE orders SET status = :status WHERE id = :orderId', back);
    },
  );

  test('is somebody else’s is no order at all; an admin may cancel any', async () => {
    const buyer = somebody();
    const orderId = await placed(buyer);
    expect((await app.cancel(somebody('seller'), orderId).expect(404)).body.code).toBe('not-found');
    expect((await app.get(buyer, `/orders/${orderId}`)).body).toMatchObject({
      status: 'awaiting_payment',
      version: 2,
    });
    expect((await app.cancel(somebody('admin'), orderId).expect(200)).body.buyerId).toBe(buyer.id);
    await app.cancel(buyer, '01890000-0000-7000-8000-000000000000').expect(404);
    await app.cancel(buyer, '1').expect(400);
  });
});

describe('If-Match', () => {
  test('with an old version tells what the order is now, and what changed', async () => {
    const buyer = somebody();
    const { body: order } = await app.place(buyer, basket([lamp])).expect(201);
    const stale = await app.cancel(buyer, order.id, { 'If-Match': '"1"' }).expect(412);
    expect(stale.body).toMatchObject({ code: 'version-conflict', current: order });
    expect(stale.body.changedFields.sort()).toEqual(['items', 'status', 'total']);
    expect(stale.get('ETag')).toBe('"2"');
    expect((await app.get(buyer, `/orders/${order.id}`)).body).toEqual(order);

    await app.cancel(buyer, order.id, { 'If-Match': 'W/"2"' }).expect(200);
    const over = await app.cancel(buyer, order.id, { 'If-Match': '"2"' }).expect(412);
    expect(over.body).toMatchObject({
      current: { status: 'cancelled', version: 3 },
      changedFields: ['status'],
    });
  });

  test('of a refused order names the refusal among what changed', async () => {
    const buyer = somebody();
    const { body: problem } = await app
      .place(buyer, basket([app.products.offer({ available: 0 })]))
      .expect(409);
    const stale = await app.cancel(buyer, problem.orderId, { 'If-Match': '"1"' }).expect(412);
    expect(stale.body.changedFields.sort()).toEqual(['rejection', 'status']);
  });

  test('may name any of several versions, or all', async () => {
    const buyer = somebody();
    await app.cancel(buyer, await placed(buyer), { 'If-Match': '"7", "2"' }).expect(200);
    await app.cancel(buyer, await placed(buyer), { 'If-Match': '*' }).expect(200);
    const { body } = await app.cancel(buyer, await placed(buyer), { 'If-Match': '2' }).expect(400);
    expect(body.errors).toEqual([{ parameter: 'If-Match', message: expect.any(String) }]);
  });

  test('of a stranger tells them nothing', async () => {
    const orderId = await placed(somebody());
    expect(
      (await app.cancel(somebody(), orderId, { 'If-Match': '"1"' }).expect(404)).body,
    ).not.toHaveProperty('current');
  });
});

describe('while product-service', () => {
  test.each([
    ['cannot be reached', () => app.products.goAway()],
    ['fails', () => void (app.products.before = () => ({ status: 500, body: {} }))],
    ['never answers', () => void (app.products.before = () => 'hang')],
    ['releases, but its answer gets lost', () => void (app.products.after = () => 'reset')],
  ])('%s, an order is cancelled all the same, and the release follows', async (_what, begin) => {
    const buyer = somebody();
    const desk = app.products.offer({ available: 10 });
    const orderId = await placed(buyer, desk);
    begin();
    expect((await app.cancel(buyer, orderId).expect(200)).body.status).toBe('cancelled');
    expect(await sagaOf(orderId)).toEqual({ step: 'release', due: 1 });

    app.products.before = undefined;
    app.products.after = undefined;
    app.products.comeBack();
    await app.makeDue(orderId);
    const resuming = app.resume();
    await eventually(
      () => sagaOf(orderId),
      (saga) => saga?.step === 'nothing',
    );
    await resuming.stop();
    expect(desk.available).toBe(10);
    expect(app.products.reservations.get(orderId)?.status).toBe('released');
  });
});

test('a hold that is made while its order is cancelled is released, and the order stays cancelled', async () => {
  const buyer = somebody();
  const desk = app.products.offer({ available: 10 });
  app.products.after = async (call) => {
    if (!isHold(call)) return;
    app.products.after = undefined;
    await app.cancel(buyer, call.path.split('/')[4]!).expect(200);
  };
  const { body } = await app.place(buyer, basket([desk])).expect(201);
  expect(body).toMatchObject({ status: 'cancelled', version: 2 });
  expect(desk.available).toBe(10);
  expect(await sagaOf(body.id)).toEqual({ step: 'nothing', due: 0 });
});
