import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { orderIdOf } from './helpers/fake-products.ts';
import {
  basket,
  eventually,
  type OrderApp,
  paymentWindowMinutes,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  jest.useRealTimers();
  app.products.before = undefined;
  app.products.after = undefined;
  app.products.comeBack();
});
afterAll(() => app.stop());

const buyer = somebody();
const statusOf = async (orderId: string): Promise<string> =>
  (await app.get(buyer, `/orders/${orderId}`).expect(200)).body.status;

/** An order whose stock nobody holds yet, while product-service is there again. */
async function pending(product = app.products.offer()): Promise<string> {
  app.products.goAway();
  const { body } = await app.place(buyer, basket([product])).expect(202);
  app.products.comeBack();
  return body.id;
}

const untilAsked = (orderId: string): Promise<number> =>
  eventually(
    async () => app.products.callsFor(orderId).length,
    (calls) => calls > 0,
  );

interface Saga {
  step: string;
  attempts: number;
  claimed_by: string | null;
  /** From now, by the clock of the database. */
  dueInSeconds: number | null;
}

async function sagaOf(orderId: string): Promise<Saga> {
  const [saga] = await app.database.select<Saga>(
    `SELECT step, attempts, claimed_by, TIMESTAMPDIFF(MICROSECOND, NOW(3), due_at) / 1e6 AS dueInSeconds
       FROM order_sagas WHERE order_id = :orderId`,
    { orderId },
  );
  return { ...saga!, dueInSeconds: saga!.dueInSeconds === null ? null : Number(saga!.dueInSeconds) };
}

async function lease(orderId: string, inSeconds: number): Promise<void> {
  await app.database.change(
    `UPDATE order_sagas SET claimed_by = UUID(), due_at = NOW(3) + INTERVAL :inSeconds SECOND WHERE order_id = :orderId`,
    { orderId, inSeconds },
  );
}

describe('a step', () => {
  test('whose lease has run out is done by whoever comes next, and then the order waits for its buyer', async () => {
    const orderId = await pending();
    await lease(orderId, -1);
    const resuming = app.resume();
    await eventually(
      () => statusOf(orderId),
      (status) => status === 'awaiting_payment',
    );
    await resuming.stop();
    expect(await sagaOf(orderId)).toMatchObject({ step: 'expire', attempts: 0, claimed_by: null });
    expect((await sagaOf(orderId)).dueInSeconds).toBeGreaterThan((paymentWindowMinutes - 1) * 60);
    expect(app.products.callsFor(orderId)).toHaveLength(1);
  });

  test('that somebody has the lease of is left to them', async () => {
    const [leased, due] = [await pending(), await pending()];
    await lease(leased, 60);
    await lease(due, -1);
    const resuming = app.resume();
    await eventually(
      () => statusOf(due),
      (status) => status === 'awaiting_payment',
    );
    await resuming.stop();
    expect(await statusOf(leased)).toBe('pending');
    expect(app.products.callsFor(leased)).toEqual([]);
    await app.cancel(buyer, leased).expect(200);
  });

  test.each([
    ['ten minutes fast', 600_000],
    ['ten minutes slow', -600_000],
  ])('is due by the clock of the database, on a replica that is %s too', async (_how, offMs) => {
    const [leased, due] = [await pending(), await pending()];
    await lease(leased, 60);
    await lease(due, -1);
    // The date is all that is wrong there: whatever else tells or takes time stays real.
    jest.useFakeTimers({
      now: Date.now() + offMs,
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
    const resuming = app.resume();
    await eventually(
      async () => (await sagaOf(due)).step,
      (step) => step === 'expire',
    );
    await resuming.stop();
    expect(app.products.callsFor(leased)).toEqual([]);
    expect(await sagaOf(leased)).toMatchObject({ step: 'reserve', attempts: 0 });

    const failing = await pending();
    app.products.before = () => ({ status: 500, body: {} });
    await lease(failing, -1);
    const again = app.resume();
    await untilAsked(failing);
    await again.stop();
    expect((await sagaOf(failing)).dueInSeconds).toBeLessThan(5);
    app.products.before = undefined;
    jest.useRealTimers();
    for (const orderId of [leased, failing]) await app.cancel(buyer, orderId).expect(200);
  });

  test('that fails is due again after a pause, which has an end however often it failed', async () => {
    const orderId = await pending();
    await app.database.change(
      'UPDATE order_sagas SET attempts = 1000, due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = :orderId',
      { orderId },
    );
    app.products.before = () => ({ status: 500, body: {} });
    const resuming = app.resume();
    await untilAsked(orderId);
    await resuming.stop();
    const saga = await sagaOf(orderId);
    expect(saga).toMatchObject({ step: 'reserve', claimed_by: null });
    expect(saga.attempts).toBeGreaterThan(1000);
    expect(saga.dueInSeconds).toBeLessThanOrEqual(5);
    await app.cancel(buyer, orderId).expect(200);
    expect((await sagaOf(orderId)).attempts).toBe(0);
  });

  test('that fails goes on failing for itself only', async () => {
    const [bad, good] = [await pending(), await pending()];
    app.products.before = (call) => (orderIdOf(call) === bad ? 'reset' : undefined);
    await app.makeDue();
    const resuming = app.resume();
    await eventually(
      () => statusOf(good),
      (status) => status === 'awaiting_payment',
    );
    await resuming.stop();
    expect(await statusOf(bad)).toBe('pending');
    await app.cancel(buyer, bad).expect(200);
  });

  test('of an order that was cancelled meanwhile is its release', async () => {
    const lamp = app.products.offer({ available: 1 });
    const orderId = await pending(lamp);
    await lease(orderId, -1);
    let cancelled: Promise<unknown> | undefined;
    app.products.after = async (call) => {
      // The loop holds the stock just now.
      if (call.method === 'PUT') cancelled ??= app.cancel(buyer, orderId).expect(200);
      await (call.method === 'PUT' ? cancelled : undefined);
    };
    const resuming = app.resume();
    await eventually(
      () => statusOf(orderId),
      (status) => status !== 'pending',
    );
    await cancelled;
    const rested = await eventually(
      () => sagaOf(orderId),
      ({ step }) => step === 'nothing',
    );
    await resuming.stop();
    expect(await statusOf(orderId)).toBe('cancelled');
    expect(lamp.available).toBe(1);
    expect(rested.dueInSeconds).toBeNull();
  });
});

describe('the loop', () => {
  test('stops when the steps at work are done, and not before', async () => {
    const orderId = await pending();
    await lease(orderId, -1);
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    app.products.after = () => held;
    const resuming = app.resume();
    await untilAsked(orderId);
    let stopped = false;
    const stopping = resuming.stop().then(() => (stopped = true));
    await sleep(100);
    expect(stopped).toBe(false);
    answer();
    await stopping;
    expect(await statusOf(orderId)).toBe('awaiting_payment');
  });

  test('touches nothing once it has stopped', async () => {
    const resuming = app.resume();
    await resuming.stop();
    const orderId = await pending();
    await lease(orderId, -1);
    await sleep(1_000);
    expect(await sagaOf(orderId)).toMatchObject({ step: 'reserve', attempts: 0 });
    await app.cancel(buyer, orderId).expect(200);
  });

  test('lives through a database that fails for a while', async () => {
    const orderId = await pending();
    await lease(orderId, -1);
    await app.database.sequelize.query('RENAME TABLE order_sagas TO order_sagas_away');
    const resuming = app.resume();
    await sleep(700);
    await app.database.sequelize.query('RENAME TABLE order_sagas_away TO order_sagas');
    await eventually(
      () => statusOf(orderId),
      (status) => status === 'awaiting_payment',
    );
    await resuming.stop();
  });

  test('waits for the steps at work also when one of them cannot even be put off', async () => {
    const [failing, slow] = [await pending(), await pending()];
    await lease(failing, -1);
    await lease(slow, -1);
    let answer = (): void => {};
    let fail = (): void => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    const failed = new Promise<void>((resolve) => (fail = resolve));
    app.products.before = async (call) => {
      await (orderIdOf(call) === slow ? held : failed);
      return orderIdOf(call) === slow ? undefined : { status: 400, body: { code: 'validation-failed' } };
    };
    const resuming = app.resume();
    await eventually(
      async () => [slow, failing].map((orderId) => app.products.callsFor(orderId).length),
      (calls) => calls.every((count) => count > 0),
    );
    await app.database.sequelize.query('RENAME TABLE order_sagas TO order_sagas_away');
    fail();
    let stopped = false;
    const stopping = resuming.stop().then(() => (stopped = true));
    await sleep(300);
    await app.database.sequelize.query('RENAME TABLE order_sagas_away TO order_sagas');
    expect(stopped).toBe(false);
    answer();
    await stopping;
    expect(await statusOf(slow)).toBe('awaiting_payment');
    app.products.before = undefined;
    await app.cancel(buyer, failing).expect(200);
  });
});
