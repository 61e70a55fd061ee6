import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  basket,
  eventually,
  type OrderApp,
  type Person,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';
import { buyOne, movesOf, payingOne, placeOne, sagaOf, settle, statusOf } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  app.products.comeBack();
  app.provider.comeBack();
});
afterAll(() => app.stop());

const admin = somebody('admin');

interface Stuck {
  orderId: string;
  [field: string]: unknown;
}
const stuck = async (query = ''): Promise<{ items: Stuck[]; nextCursor: string | null }> =>
  (await app.get(admin, `/orders/stuck${query}`).expect(200)).body;
const stuckIds = async (): Promise<string[]> => (await stuck()).items.map(({ orderId }) => orderId);
const resume = (by: Person, orderId: string) =>
  app.request.post(`/api/v1/orders/${orderId}/resume`).set('Authorization', by.bearer);

async function pending(buyer = somebody()): Promise<string> {
  app.products.goAway();
  const { body } = await app.place(buyer, basket([app.products.offer()])).expect(202);
  return body.id;
}

/** How often the step of an order was put off, and when it is due, in seconds from now. */
async function pretend(orderId: string, attempts: number, dueInSeconds: number): Promise<void> {
  await app.database.change(
    `UPDATE order_sagas SET attempts = :attempts, due_at = NOW(3) + INTERVAL :dueInSeconds SECOND
      WHERE order_id = :orderId`,
    { orderId, attempts, dueInSeconds },
  );
}

describe('an order is stuck', () => {
  test('when its step was put off many times, and the list says why', async () => {
    const orderId = await pending();
    await pretend(orderId, 6, -1);
    expect(await stuckIds()).not.toContain(orderId);
    const resuming = app.resume();
    await eventually(
      () => sagaOf(app, orderId),
      ({ attempts }) => attempts >= 8,
    );
    await resuming.stop();
    const { items } = await stuck();
    expect(items.filter((one) => one.orderId === orderId)).toEqual([
      {
        orderId,
        status: 'pending',
        step: 'reserve',
        attempts: expect.any(Number),
        dueAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        lastError: expect.stringContaining(`/internal/v1/reservations/${orderId} got no answer`),
      },
    ]);
    app.products.comeBack();
    await settle(app, orderId);
    expect(await stuckIds()).not.toContain(orderId);
    expect(await sagaOf(app, orderId)).toMatchObject({ attempts: 0, lastError: null });
  });

  test('when its step is due and nobody does it', async () => {
    const orderId = await pending();
    await pretend(orderId, 0, -30);
    expect(await stuckIds()).not.toContain(orderId);
    await pretend(orderId, 0, -61);
    expect(await stuckIds()).toContain(orderId);
    app.products.comeBack();
    await settle(app, orderId);
  });

  test('never while it rests or waits for its buyer', async () => {
    const { orderId: paid } = await buyOne(app);
    const { orderId: waiting } = await placeOne(app);
    await app.database.change('UPDATE order_sagas SET attempts = 100 WHERE order_id = :paid', { paid });
    const ids = await stuckIds();
    for (const orderId of [paid, waiting]) expect(ids).not.toContain(orderId);
  });

  test('in a list that has pages', async () => {
    const orderIds = [await pending(), await pending(), await pending()];
    for (const orderId of orderIds) await pretend(orderId, 9, 3);
    const first = await stuck('?limit=2');
    expect(first.items.map(({ orderId }) => orderId)).toEqual(orderIds.slice(0, 2));
    const second = await stuck(`?limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map(({ orderId }) => orderId)).toEqual(orderIds.slice(2));
    expect(second.nextCursor).toBeNull();
    app.products.comeBack();
    for (const orderId of orderIds) await resume(admin, orderId).expect(200);
    await settle(app);
    expect(await stuckIds()).toEqual([]);
  });
});

describe('an order that is resumed', () => {
  test('is due at once, as if it had never been put off', async () => {
    const { orderId } = await payingOne(app);
    await pretend(orderId, 12, 300);
    const { body } = await resume(admin, orderId).expect(200);
    expect(body).toMatchObject({ id: orderId, status: 'paying' });
    expect(await stuckIds()).not.toContain(orderId);
    const resuming = app.resume();
    await eventually(
      () => statusOf(app, orderId),
      (status) => status === 'paid',
    );
    await resuming.stop();
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying paid');
    expect(app.provider.capturedFor(orderId)).toBe(1);
  });

  test('goes on waiting when it waits for its buyer, and resting when it rests', async () => {
    const { orderId: waiting } = await placeOne(app);
    const { orderId: paid } = await buyOne(app);
    const read = () => app.database.select('SELECT * FROM order_sagas ORDER BY order_id');
    const before = await read();
    for (const orderId of [waiting, paid]) await resume(admin, orderId).expect(200);
    expect(await read()).toEqual(before);
  });
});

test('only an admin sees and resumes stuck orders', async () => {
  const { buyer, orderId } = await placeOne(app);
  for (const person of [buyer, somebody(), somebody('seller')]) {
    expect((await app.get(person, '/orders/stuck').expect(403)).body.code).toBe('forbidden');
    expect((await resume(person, orderId).expect(403)).body.code).toBe('forbidden');
  }
  await app.request.get('/api/v1/orders/stuck').expect(401);
  await resume(admin, '01890000-0000-7000-8000-000000000000').expect(404);
  await resume(admin, 'stuck').expect(400);
});
