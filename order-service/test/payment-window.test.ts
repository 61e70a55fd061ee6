import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isCharge } from './helpers/fake-provider.ts';
import {
  basket,
  eventually,
  type OrderApp,
  paymentWindowMinutes,
  type Replica,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';
import { buyOne, movesOf, payingOne, placeOne, sagaOf, settle, statusOf } from './helpers/order-lives.ts';

jest.setTimeout(120_000);

let app: OrderApp;
let replica: Replica;
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
  replica = await app.startReplica();
});
afterEach(() => {
  app.provider.before = undefined;
  app.products.before = undefined;
  app.products.comeBack();
});
afterAll(async () => {
  await replica.close();
  await app.stop();
});

/** Lets time pass for an order: everything that lies ahead comes that much closer. */
async function letPass(orderId: string, minutes: number): Promise<void> {
  const back = (column: string): string => `${column} = ${column} - INTERVAL :minutes MINUTE`;
  await app.database.change(
    `UPDATE orders SET ${back('created_at')}, ${back('payment_due_at')} WHERE id = :orderId`,
    { orderId, minutes },
  );
  await app.database.change(
    `UPDATE order_sagas SET ${back('due_at')} WHERE order_id = :orderId AND step = 'expire'`,
    { orderId, minutes },
  );
}

/** A worker works until nothing is left to do for an order. */
async function finish(orderId: string): Promise<void> {
  const resuming = app.resume();
  await eventually(
    () => sagaOf(app, orderId),
    ({ step }) => step === 'nothing',
  );
  await resuming.stop();
}

/** A worker looks at everything that is due, and ends. */
async function workOnce(): Promise<void> {
  const { orderId } = await placeOne(app);
  await letPass(orderId, paymentWindowMinutes + 1);
  await finish(orderId);
}

async function minutesLeft(orderId: string): Promise<{ order: number; saga: number }> {
  const [row] = await app.database.select<{ order: string; saga: string }>(
    `SELECT TIMESTAMPDIFF(SECOND, NOW(3), payment_due_at) / 60 AS \`order\`, TIMESTAMPDIFF(SECOND, NOW(3), due_at) / 60 AS saga
       FROM orders JOIN order_sagas ON order_id = id WHERE id = :orderId`,
    { orderId },
  );
  return { order: Number(row?.order), saga: Number(row?.saga) };
}

describe('an order whose payment window has passed', () => {
  test('is cancelled by a worker, and its stock goes back', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 2 });
    await letPass(orderId, paymentWindowMinutes + 1);
    await finish(orderId);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment cancelled');
    expect(product.available).toBe(2);
    expect(app.products.reservations.get(orderId)?.status).toBe('released');
    expect(await sagaOf(app, orderId)).toMatchObject({ step: 'nothing' });
    expect((await app.pay(buyer, orderId).expect(409)).body.code).toBe('illegal-transition');
    expect(app.provider.sendsFor(orderId)).toEqual([]);
  });

  test('gives its stock back later when product-service is away', async () => {
    const { orderId, product } = await placeOne(app, { available: 2 });
    await letPass(orderId, paymentWindowMinutes + 1);
    app.products.goAway();
    const resuming = app.resume();
    await eventually(
      () => sagaOf(app, orderId),
      ({ lastError }) => lastError !== null,
    );
    await resuming.stop();
    expect(await statusOf(app, orderId)).toBe('cancelled');
    expect(product.available).toBe(1);
    app.products.comeBack();
    await settle(app, orderId);
    expect(product.available).toBe(2);
  });

  test('is left alone while it is being paid, and after', async () => {
    const paying = await payingOne(app);
    const paid = await buyOne(app);
    for (const { orderId } of [paying, paid]) await letPass(orderId, paymentWindowMinutes + 1);
    app.provider.before = (call) => (isCharge(call) ? { status: 503 } : undefined);
    await workOnce();
    expect(await statusOf(app, paying.orderId)).toBe('paying');
    app.provider.before = undefined;
    await settle(app);
    for (const { orderId } of [paying, paid]) expect(await statusOf(app, orderId)).toBe('paid');
  });

  test('is cancelled when the payment that was on its way is declined', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 2 });
    await letPass(orderId, paymentWindowMinutes + 1);
    await app.pay(buyer, orderId, 'tok_declined').expect(409);
    await finish(orderId);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying awaiting_payment cancelled');
    expect(product.available).toBe(2);
  });
});

test('an order that passes its payment window before its stock is held is cancelled, and its card is not charged', async () => {
  const [buyer, product] = [somebody(), app.products.offer({ available: 2 })];
  app.products.goAway();
  const payment = { method: 'card', token: 'tok_ok' };
  const { body } = await app.place(buyer, { ...basket([product]), payment }).expect(202);
  await letPass(body.id, paymentWindowMinutes + 1);
  app.products.comeBack();
  await app.makeDue(body.id);
  await settle(app, body.id);
  expect(await movesOf(app, body.id)).toBe('pending cancelled');
  expect(app.provider.sendsFor(body.id)).toEqual([]);
  expect(product.available).toBe(2);
  expect(await sagaOf(app, body.id)).toMatchObject({ step: 'nothing' });
});

test('an order whose stock was held in time, and whose payment was not made then, is cancelled as well', async () => {
  const product = app.products.offer({ available: 2 });
  const payment = { method: 'card', token: 'tok_ok' };
  app.products.goAway();
  const { body } = await app.place(somebody(), { ...basket([product]), payment }).expect(202);
  app.products.comeBack();
  // Whoever holds the stock dies before the next step.
  app.products.after = () =>
    app.database.change('RENAME TABLE payments TO payments_away', {}).then(() => undefined);
  await app.makeDue(body.id);
  const dying = app.resume();
  await eventually(
    () => sagaOf(app, body.id),
    ({ step }) => step === 'pay',
  );
  await dying.stop();
  app.products.after = undefined;
  await app.database.change('RENAME TABLE payments_away TO payments', {});
  await letPass(body.id, paymentWindowMinutes + 1);
  await app.makeDue(body.id);
  await finish(body.id);
  expect(await movesOf(app, body.id)).toBe('pending awaiting_payment cancelled');
  expect(app.provider.sendsFor(body.id)).toEqual([]);
  expect(product.available).toBe(2);
});

describe('the payment window', () => {
  test('is left whole by a worker as long as it lasts', async () => {
    const { orderId } = await placeOne(app);
    await letPass(orderId, paymentWindowMinutes - 1);
    await workOnce();
    expect(await statusOf(app, orderId)).toBe('awaiting_payment');
    expect((await minutesLeft(orderId)).saga).toBeGreaterThan(0);
  });

  test('ends when it did, however often a payment is declined in it', async () => {
    const { buyer, orderId } = await placeOne(app);
    await letPass(orderId, 10);
    await app.pay(buyer, orderId, 'tok_declined').expect(409);
    const { order, saga } = await minutesLeft(orderId);
    expect(saga).toBe(order);
    expect(Math.ceil(saga)).toBeLessThanOrEqual(paymentWindowMinutes - 10);
  });

  /** An order that was placed long before its stock could be held. */
  async function holdLate(minutes: number): Promise<string> {
    app.products.goAway();
    const { body } = await app.place(somebody(), basket([app.products.offer()])).expect(202);
    await letPass(body.id, minutes);
    app.products.comeBack();
    await app.makeDue(body.id);
    await settle(app, body.id);
    return body.id;
  }

  test.each([10, paymentWindowMinutes - 1])(
    'starts when the stock is held: %i minutes late it is as long',
    async (minutes) => {
      const orderId = await holdLate(minutes);
      await workOnce();
      expect(await statusOf(app, orderId)).toBe('awaiting_payment');
      const { order, saga } = await minutesLeft(orderId);
      expect(saga).toBe(order);
      expect(Math.ceil(order)).toBe(paymentWindowMinutes);
    },
  );

  test('ends before product-service asks about a hold that came late', async () => {
    const orderId = await holdLate(30);
    const { order } = await minutesLeft(orderId);
    const { reviewAt } = app.products.callsFor(orderId)[0]!.body as { reviewAt: string };
    expect((Date.parse(reviewAt) - Date.now()) / 60_000).toBeGreaterThan(order);
  });
});

test('of the end of a window against a payment, 50 times, one wins: it is paid, or nothing was taken', async () => {
  const rounds: Awaited<ReturnType<typeof placeOne>>[] = [];
  const ends = new Map<string, number>();
  for (let round = 0; round < 50; round += 1) {
    const bought = await placeOne(app, { available: 1 });
    rounds.push(bought);
    const token = round % 5 === 4 ? 'tok_declined' : 'tok_ok';
    await letPass(bought.orderId, paymentWindowMinutes + 1);
    // Both begin at about the same time, now the one first and now the other.
    const [payLate, lookLate] = round % 2 ? [0, 15] : [15, 0];
    const looking = sleep(Math.random() * lookLate).then(() => app.resume());
    await sleep(Math.random() * payLate);
    const { status, body } = await replica.pay(bought.buyer, bought.orderId, token);
    await (await looking).stop();
    expect([201, 409]).toContain(status);
    if (status === 409) expect(['illegal-transition', 'payment-declined']).toContain(body.code);
  }
  await settle(app);
  await workOnce();
  for (const { orderId, product } of rounds) {
    const status = await statusOf(app, orderId);
    ends.set(status, (ends.get(status) ?? 0) + 1);
    expect(app.provider.capturedFor(orderId)).toBe(status === 'paid' ? 1 : 0);
    expect(product.available).toBe(status === 'paid' ? 0 : 1);
  }
  expect([...ends.keys()].sort()).toEqual(['cancelled', 'paid']);
});
