import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isCharge } from './helpers/fake-provider.ts';
import { eventually, type OrderApp, type Replica, somebody, startOrderApp } from './helpers/order-app.ts';
import {
  type Bought,
  buyOne,
  movesOf,
  payingOne,
  paymentRows,
  placeOne,
  sagaOf,
  settle,
  statusOf,
} from './helpers/order-lives.ts';

jest.setTimeout(180_000);

let app: OrderApp;
let replicas: Replica[];
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
  replicas = [app, await app.startReplica()];
});
afterEach(() => {
  app.provider.before = undefined;
  app.provider.after = undefined;
  app.provider.comeBack();
  app.products.comeBack();
});
afterAll(async () => {
  await replicas[1]?.close();
  await app.stop();
});

const paid = 'pending awaiting_payment paying paid';
const returned = `${paid} refunding refunded`;

/** Everything was given back: the money to the buyer, the goods to the stock. */
function expectAllBack({ orderId, product }: Bought): void {
  expect(app.provider.capturedFor(orderId)).toBe(1);
  expect(app.provider.refundedFor(orderId)).toBe(product.price.amount);
  expect(product.available).toBe(1);
}

/** Nothing was taken: no money, and no goods. */
function expectNothingTaken({ orderId, product }: Bought): void {
  expect(app.provider.capturedFor(orderId)).toBe(0);
  expect(app.provider.refundedFor(orderId)).toBe(0);
  expect(app.products.reservations.get(orderId)?.status).toBe('released');
  expect(product.available).toBe(1);
}

describe('an order that is paid', () => {
  test('is cancelled by giving back its money and its goods', async () => {
    const bought = await buyOne(app, { available: 1 });
    const { body } = await app.cancel(bought.buyer, bought.orderId).expect(202);
    expect(['refunding', 'refunded']).toContain(body.status);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(returned);
    expectAllBack(bought);
    expect(await sagaOf(app, bought.orderId)).toMatchObject({ step: 'nothing' });
  });

  test('is refunding until the provider is back, and a second cancel changes nothing', async () => {
    const bought = await buyOne(app, { available: 1 });
    const { buyer, orderId } = bought;
    app.provider.goAway();
    const { body } = await app.cancel(buyer, orderId).expect(202);
    expect(body).toMatchObject({ status: 'refunding', version: 5 });
    expect((await app.cancel(buyer, orderId).expect(202)).body).toEqual(body);
    expect(bought.product.available).toBe(0);
    app.provider.comeBack();
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(returned);
    expectAllBack(bought);
  });

  test('gives back what is left after a refund', async () => {
    const bought = await buyOne(app, { available: 1, price: { amount: 1000, currency: 'EUR' } });
    await app.refund(somebody('admin'), bought.orderId, 400).expect(201);
    await app.cancel(bought.buyer, bought.orderId).expect(202);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(returned);
    expectAllBack(bought);
  });

  test('is cancelled while product-service is away: it is told of the sale, and then of the return', async () => {
    const bought = await placeOne(app, { available: 1 });
    app.products.goAway();
    await app.pay(bought.buyer, bought.orderId).expect(201);
    await app.cancel(bought.buyer, bought.orderId).expect(202);
    app.products.comeBack();
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(returned);
    expectAllBack(bought);
    const verbs = app.products.callsFor(bought.orderId).map(({ path }) => path.split('/')[5]);
    expect(verbs).toEqual([undefined, 'commit', 'return']);
  });

  test('and was free gives nothing back but its goods', async () => {
    const bought = await buyOne(app, { available: 1, price: { amount: 0, currency: 'EUR' } });
    await app.cancel(bought.buyer, bought.orderId).expect(202);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(returned);
    expectAllBack(bought);
  });
});

describe('an order that is being paid', () => {
  /** Cancels an order while its charge is on the way, and lets the provider go on only after that. */
  async function cancelWhilePaying(token: string) {
    const bought = await placeOne(app, { available: 1 });
    let proceed = (): void => {};
    const cancelled = new Promise<void>((resolve) => (proceed = resolve));
    app.provider.before = (call) => (isCharge(call) ? cancelled : undefined);
    const paying = app.pay(bought.buyer, bought.orderId, token).then((answer) => answer);
    await eventually(async () => app.provider.sendsFor(bought.orderId).length, Boolean);
    const { body } = await app.cancel(bought.buyer, bought.orderId).expect(202);
    expect(body.status).toBe('paying');
    proceed();
    return { ...bought, payment: await paying };
  }

  test('is refunded when it is captured', async () => {
    const bought = await cancelWhilePaying('tok_ok');
    expect(bought.payment.status).toBe(201);
    await settle(app, bought.orderId);
    const moves = 'pending awaiting_payment paying refunding refunded';
    expect(await movesOf(app, bought.orderId)).toBe(moves);
    expectAllBack(bought);
  });

  test('is cancelled when it is declined', async () => {
    const bought = await cancelWhilePaying('tok_declined');
    expect(bought.payment.status).toBe(409);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe('pending awaiting_payment paying cancelled');
    expectNothingTaken(bought);
    expect((await app.pay(bought.buyer, bought.orderId).expect(409)).body.code).toBe('illegal-transition');
  });

  test('has its charge closed and is cancelled when that fails softly: nothing is sent again', async () => {
    const bought = await payingOne(app, { available: 1 });
    const { buyer, orderId, paymentId } = bought;
    expect((await app.cancel(buyer, orderId).expect(202)).body.status).toBe('paying');
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe('pending awaiting_payment paying cancelled');
    expectNothingTaken(bought);
    expect(app.provider.methodsFor(paymentId)).toEqual(['PUT', 'GET', 'GET', 'DELETE']);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'failed', attempts: 1, token: null }]);
    expect((await app.cancel(buyer, orderId).expect(200)).body.status).toBe('cancelled');
  });

  test('is cancelled without an attempt when its charge could not even be sent', async () => {
    const bought = await placeOne(app, { available: 1 });
    app.provider.goAway();
    await app.pay(bought.buyer, bought.orderId).expect(202);
    await app.cancel(bought.buyer, bought.orderId).expect(202);
    app.provider.comeBack();
    await settle(app, bought.orderId);
    expect(await statusOf(app, bought.orderId)).toBe('cancelled');
    expectNothingTaken(bought);
    expect(app.provider.sendsFor(bought.orderId)).toEqual([]);
    expect(await paymentRows(app, bought.orderId)).toMatchObject([{ status: 'failed', attempts: 0 }]);
  });

  test('is refunded when the provider has captured it silently by the time that the charge is closed', async () => {
    const bought = await placeOne(app, { available: 1 });
    app.provider.after = () => 'reset';
    await app.pay(bought.buyer, bought.orderId).expect(202);
    await app.cancel(bought.buyer, bought.orderId).expect(202);
    app.provider.after = undefined;
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe('pending awaiting_payment paying refunding refunded');
    expectAllBack(bought);
  });

  test('reads the same, byte by byte, until it has another version', async () => {
    const { buyer, orderId } = await payingOne(app);
    const before = await app.get(buyer, `/orders/${orderId}`).expect(200);
    await sleep(5);
    await app.cancel(buyer, orderId).expect(202);
    const after = await app.get(buyer, `/orders/${orderId}`).expect(200);
    expect(after.get('ETag')).toBe(before.get('ETag'));
    expect(after.text).toBe(before.text);
    await settle(app, orderId);
  });

  test('is cancelled by nobody else', async () => {
    const { orderId } = await payingOne(app);
    await app.cancel(somebody(), orderId).expect(404);
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(paid);
  });
});

/** How a provider treats one charge: at once, late, without an answer, softly failing once, or as a decline. */
function treatCharges(round: number): void {
  const pause = (): Promise<void> => sleep(Math.random() * 20);
  const isSoft = round % 5 === 3;
  app.provider.before = async (call) => {
    if (!isCharge(call)) return undefined;
    await pause();
    return isSoft && app.provider.methodsFor(call.path.split('/').at(-1)!).length === 1
      ? { status: 503 }
      : undefined;
  };
  app.provider.after = async (call) => {
    if (round % 5 === 1) await pause();
    return round % 5 === 2 && isCharge(call) ? 'reset' : undefined;
  };
}

test('of a cancel against a capture, 100 times, either all was given back or nothing was taken', async () => {
  const rounds: Bought[] = [];
  for (let round = 0; round < 100; round += 1) {
    const bought = await placeOne(app, { available: 1 });
    const { buyer, orderId } = bought;
    rounds.push(bought);
    treatCharges(round);
    const token = round % 5 === 4 ? 'tok_declined' : 'tok_ok';
    const [payment, cancel] = await Promise.all([
      replicas[0]!.pay(buyer, orderId, token),
      sleep(Math.random() * 60).then(() => replicas[1]!.cancel(buyer, orderId)),
    ]);
    expect([201, 202, 409]).toContain(payment.status);
    expect([200, 202]).toContain(cancel.status);
  }
  app.provider.before = undefined;
  app.provider.after = undefined;
  await settle(app);
  const ends = new Map<string, number>();
  for (const bought of rounds) {
    // Every cancel was accepted, so that no order may end as paid.
    const status = await statusOf(app, bought.orderId);
    ends.set(status, (ends.get(status) ?? 0) + 1);
    if (status === 'refunded') expectAllBack(bought);
    else expectNothingTaken(bought);
  }
  expect([...ends.keys()].sort()).toEqual(['cancelled', 'refunded']);
});
