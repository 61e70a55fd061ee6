import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isCharge } from './helpers/fake-provider.ts';
import { eventually, type OrderApp, startOrderApp } from './helpers/order-app.ts';
import {
  type Bought,
  movesOf,
  payingOne,
  paymentRows,
  placeOne,
  sagaOf,
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

const paid = 'pending awaiting_payment paying paid';
const failed = 'pending awaiting_payment paying payment_failed';

/** What the provider does with the charge that it has just been sent, without telling anybody. */
async function captureSilently({ orderId }: Bought): Promise<void> {
  const [{ id } = {}] = await paymentRows(app, orderId);
  const { body } = app.provider.sendsFor(orderId)[0]!;
  const sent = body as { orderId: string; amount: { amount: number; currency: string }; token: string };
  app.provider.charges.set(id!, { ...sent, status: 'captured', declineCode: null });
}

describe('a charge whose answer is lost', () => {
  test('was made, which an inquiry tells: it is sent once, and answered 201', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = (call) => (isCharge(call) ? 'reset' : undefined);
    const { body } = await app.pay(buyer, orderId).expect(201);
    expect(body).toMatchObject({ status: 'captured', attempts: 1 });
    expect(app.provider.methodsFor(body.id)).toEqual(['PUT', 'GET']);
    expect(app.provider.capturedFor(orderId)).toBe(1);
  });

  test('was declined, which an inquiry tells too', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = (call) => (isCharge(call) ? 'reset' : undefined);
    const { body } = await app.pay(buyer, orderId, 'tok_declined').expect(409);
    expect(body).toMatchObject({ code: 'payment-declined', declineCode: 'do_not_honor' });
    expect(app.provider.methodsFor(body.paymentId)).toEqual(['PUT', 'GET']);
  });

  test('because the provider hangs, is found although the buyer has got a 202 by then', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = (call) => (isCharge(call) ? 'hang' : undefined);
    const { body } = await app.pay(buyer, orderId).expect(202);
    expect(body).toMatchObject({ status: 'processing' });
    await untilIdle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(paid);
    expect(app.provider.methodsFor(body.id)).toEqual(['PUT', 'GET']);
    expect(app.provider.capturedFor(orderId)).toBe(1);
  });

  test('and that the provider takes late, is asked about before it is sent again, and sent no more', async () => {
    const bought = await placeOne(app);
    const { buyer, orderId } = bought;
    app.provider.before = (call) => (isCharge(call) ? 'reset' : undefined);
    const { body } = await app.pay(buyer, orderId).expect(202);
    await captureSilently(bought);
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(paid);
    expect(app.provider.methodsFor(body.id)).toEqual(['PUT', 'GET', 'GET']);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'captured', attempts: 1 }]);
  });

  test('is not sent again while the provider cannot tell what became of it', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.after = () => 'reset';
    const { body } = await app.pay(buyer, orderId).expect(202);
    const resuming = app.resume();
    await eventually(
      async () => app.provider.methodsFor(body.id),
      (methods) => methods.length >= 5,
    );
    await resuming.stop();
    expect(new Set(app.provider.methodsFor(body.id).slice(1))).toEqual(new Set(['GET']));
    app.provider.after = undefined;
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(paid);
    expect(app.provider.sendsFor(orderId)).toHaveLength(1);
  });
});

describe('a charge that fails softly', () => {
  test('is sent five times under one id and no more, then closed, and only then the order has failed', async () => {
    const { buyer, orderId, product } = await placeOne(app, { available: 3 });
    let statusAtClose = '';
    app.provider.before = async ({ method }) => {
      if (method === 'DELETE') statusAtClose = await statusOf(app, orderId);
      return method === 'PUT' ? { status: 503 } : undefined;
    };
    const { body } = await app.pay(buyer, orderId).expect(202);
    await settle(app, orderId);
    const methods = app.provider.methodsFor(body.id);
    expect(app.provider.sendsFor(orderId)).toHaveLength(5);
    expect(methods.filter((method) => method === 'PUT')).toHaveLength(5);
    expect(methods.at(-1)).toBe('DELETE');
    for (const [index, method] of methods.entries())
      if (method === 'PUT' && index > 0) expect(methods[index - 1]).toBe('GET');
    expect(statusAtClose).toBe('paying');
    expect(await movesOf(app, orderId)).toBe(failed);
    expect(await paymentRows(app, orderId)).toEqual([
      { id: body.id, status: 'failed', token: null, attempts: 5 },
    ]);
    expect(product.available).toBe(3);
    expect(app.provider.capturedFor(orderId)).toBe(0);
    expect((await app.pay(buyer, orderId).expect(409)).body.code).toBe('attempts-exhausted');
  });

  test('shares its five attempts with the cards that were declined before', async () => {
    const { buyer, orderId } = await placeOne(app);
    for (let count = 0; count < 4; count += 1) await app.pay(buyer, orderId, 'tok_declined').expect(409);
    app.provider.before = ({ method }) => (method === 'PUT' ? { status: 503 } : undefined);
    await app.pay(buyer, orderId).expect(202);
    await settle(app, orderId);
    expect(app.provider.sendsFor(orderId)).toHaveLength(5);
    expect(await statusOf(app, orderId)).toBe('payment_failed');
  });

  test('pays the order when the provider has taken it after all, by the time that it is closed', async () => {
    const bought = await placeOne(app);
    app.provider.before = async ({ method }) => {
      if (method === 'DELETE') await captureSilently(bought);
      return method === 'PUT' ? { status: 503 } : undefined;
    };
    await app.pay(bought.buyer, bought.orderId).expect(202);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(paid);
    expect(app.products.reservations.get(bought.orderId)?.status).toBe('committed');
  });

  test('stays open while the provider cannot be asked to close it', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.before = ({ method }) =>
      method === 'PUT' ? { status: 503 } : method === 'DELETE' ? 'reset' : undefined;
    const { body } = await app.pay(buyer, orderId).expect(202);
    const settling = settle(app, orderId);
    await eventually(
      async () => app.provider.methodsFor(body.id).filter((method) => method === 'DELETE'),
      (closes) => closes.length >= 2,
    );
    expect(await statusOf(app, orderId)).toBe('paying');
    app.provider.before = undefined;
    await settling;
    expect(await movesOf(app, orderId)).toBe(failed);
    expect(app.provider.sendsFor(orderId)).toHaveLength(5);
  });

  test.each([404, 405, 501])('is given up by an inquiry where closing is answered %i', async (status) => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.before = ({ method }) =>
      method === 'PUT' ? { status: 503 } : method === 'DELETE' ? { status, body: {} } : undefined;
    const { body } = await app.pay(buyer, orderId).expect(202);
    await settle(app, orderId);
    expect(app.provider.methodsFor(body.id).slice(-2)).toEqual(['DELETE', 'GET']);
    expect(await movesOf(app, orderId)).toBe(failed);
  });

  test('is paid where closing is unknown, and the last inquiry finds it captured', async () => {
    const bought = await placeOne(app);
    app.provider.before = async ({ method }) => {
      if (method === 'DELETE') await captureSilently(bought);
      return method === 'PUT' ? { status: 503 } : method === 'DELETE' ? { status: 405, body: {} } : undefined;
    };
    await app.pay(bought.buyer, bought.orderId).expect(202);
    await settle(app, bought.orderId);
    expect(await movesOf(app, bought.orderId)).toBe(paid);
  });
});

describe('a provider that cannot be reached', () => {
  test('costs no attempt, and the order is paid once it is back', async () => {
    const { buyer, orderId } = await placeOne(app);
    app.provider.goAway();
    const { body } = await app.pay(buyer, orderId).expect(202);
    expect(body).toMatchObject({ status: 'processing', attempts: 0 });
    const resuming = app.resume();
    await eventually(
      () => sagaOf(app, orderId),
      ({ attempts }) => attempts >= 3,
    );
    await resuming.stop();
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'processing', attempts: 0 }]);
    expect((await sagaOf(app, orderId)).lastError).toMatch(/charges.* got no answer/);
    app.provider.comeBack();
    await settle(app, orderId);
    expect(await movesOf(app, orderId)).toBe(paid);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'captured', attempts: 1 }]);
    expect(app.provider.methodsFor(body.id)).toEqual(['GET', 'PUT']);
  });

  test('in the middle of a charge costs none either', async () => {
    const { orderId } = await payingOne(app);
    app.provider.goAway();
    await app.makeDue(orderId);
    const resuming = app.resume();
    await sleep(1_500);
    await resuming.stop();
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'processing', attempts: 1 }]);
    app.provider.comeBack();
    await settle(app, orderId);
    expect(await paymentRows(app, orderId)).toMatchObject([{ status: 'captured', attempts: 2 }]);
  });
});

test('an answer that makes no sense is no decline: the charge stays open until one does', async () => {
  const { buyer, orderId } = await placeOne(app);
  app.provider.before = (call) => (isCharge(call) ? { status: 401, body: {} } : undefined);
  await app.pay(buyer, orderId).expect(202);
  expect(await statusOf(app, orderId)).toBe('paying');
  app.provider.before = undefined;
  await settle(app, orderId);
  expect(await movesOf(app, orderId)).toBe(paid);
});
