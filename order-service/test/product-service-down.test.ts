import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isHold } from './helpers/fake-products.ts';
import {
  basket,
  eventually,
  type OrderApp,
  type Person,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.products.before = undefined;
  app.products.after = undefined;
  app.products.comeBack();
});
afterAll(() => app.stop());

const outages = [
  { how: 'cannot be reached', begin: () => app.products.goAway() },
  { how: 'never answers', begin: () => void (app.products.before = () => 'hang') },
  { how: 'drops the connection', begin: () => void (app.products.before = () => 'reset') },
  { how: 'fails', begin: () => void (app.products.before = () => ({ status: 500, body: {} })) },
  { how: 'sheds load', begin: () => void (app.products.before = () => ({ status: 503, body: {} })) },
  {
    how: 'holds the stock, but its answer gets lost',
    begin: () => void (app.products.after = (call) => (isHold(call) ? 'reset' : undefined)),
  },
  {
    how: 'holds the stock, but answers too late',
    begin: () => void (app.products.after = (call) => (isHold(call) ? 'hang' : undefined)),
  },
];

async function untilHeld(buyer: Person, orderId: string) {
  const { body } = await eventually(
    async () => app.get(buyer, `/orders/${orderId}`).expect(200),
    (answer) => answer.body.status !== 'pending',
  );
  return body;
}

describe.each(outages)('while product-service $how', ({ begin }) => {
  test('an order is accepted as pending within 2 s, and its stock is held when the trouble is over', async () => {
    const buyer = somebody();
    const lamp = app.products.offer({ available: 5 });
    begin();
    const placed = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const sentAt = performance.now();
        const { body, headers } = await app.place(buyer, basket([lamp])).expect(202);
        const tookMs = performance.now() - sentAt;
        expect(body).toMatchObject({
          status: 'pending',
          version: 1,
          items: [{ productId: lamp.id, name: null, quantity: 1, unitPrice: null, lineTotal: null }],
          total: null,
          rejection: null,
        });
        expect(headers.location).toBe(`/api/v1/orders/${body.id}`);
        return { orderId: body.id as string, tookMs };
      }),
    );
    // The best of three: a machine that is busy with something else may delay one.
    expect(Math.min(...placed.map(({ tookMs }) => tookMs))).toBeLessThan(2_000);

    app.products.before = undefined;
    app.products.after = undefined;
    app.products.comeBack();
    const resuming = app.resume();
    for (const { orderId } of placed) {
      expect(await untilHeld(buyer, orderId)).toMatchObject({
        status: 'awaiting_payment',
        version: 2,
        total: { amount: 1999, currency: 'EUR' },
      });
    }
    await resuming.stop();
    expect(lamp.available).toBe(2);
  });
});

test('an order that turns out to be short rests as rejected', async () => {
  const buyer = somebody();
  const lamp = app.products.offer({ available: 0 });
  app.products.goAway();
  const { body } = await app.place(buyer, basket([lamp])).expect(202);
  app.products.comeBack();
  const resuming = app.resume();
  const short = [{ productId: lamp.id, requested: 1, available: 0 }];
  expect(await untilHeld(buyer, body.id)).toMatchObject({
    status: 'rejected',
    version: 2,
    rejection: { code: 'insufficient-stock', short },
  });
  await resuming.stop();
});

test('orders are read and cancelled all the same', async () => {
  const buyer = somebody();
  const lamp = app.products.offer({ available: 1 });
  // Nobody asks product-service for a second after it has failed again and again.
  await eventually(
    () => app.place(somebody(), basket([app.products.offer()])),
    ({ status }) => status === 201,
  );
  const { body } = await app.place(buyer, basket([lamp])).expect(201);
  app.products.goAway();
  expect((await app.get(buyer, '/orders').expect(200)).body.items).toEqual([body]);
  await app.cancel(buyer, body.id).expect(200);
  expect(lamp.available).toBe(0);

  app.products.comeBack();
  await app.makeDue(body.id);
  const resuming = app.resume();
  await eventually(
    async () => lamp.available,
    (available) => available === 1,
  );
  await resuming.stop();
  const sagas = await app.database.select('SELECT step, due_at FROM order_sagas WHERE order_id = :id', body);
  expect(sagas).toEqual([{ step: 'nothing', due_at: null }]);
});
