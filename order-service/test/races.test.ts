import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { isHold, type Offer, orderIdOf } from './helpers/fake-products.ts';
import {
  basket,
  eventually,
  type OrderApp,
  type Replica,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

/** Hundreds of requests at once take their time on a machine that has other things to do. */
jest.setTimeout(120_000);

let app: OrderApp;
let replicas: Replica[];
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
  replicas = [app, await app.startReplica()];
});
afterEach(() => {
  app.products.before = undefined;
  app.products.after = undefined;
  app.products.comeBack();
});
afterAll(async () => {
  await replicas[1]?.close();
  await app.stop();
});

const countOrders = async (buyerId: string): Promise<number> =>
  (await app.database.select('SELECT id FROM orders WHERE buyer_id = :buyerId', { buyerId })).length;

/** Goes on with whatever is due until nothing is: a busy machine may have left steps behind. */
async function settle(): Promise<void> {
  await app.makeDue();
  const resuming = app.resume();
  await eventually(
    async () =>
      app.database.select("SELECT order_id FROM order_sagas WHERE step NOT IN ('nothing', 'expire')"),
    (open) => open.length === 0,
  );
  await resuming.stop();
}

test('one key 50 times at once, over two replicas, makes one order and one answer', async () => {
  for (let round = 0; round < 3; round += 1) {
    const buyer = somebody();
    const lamp = app.products.offer({ available: 100 });
    const key = { 'Idempotency-Key': `fifty-${round}` };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        eventually(
          async () => replicas[index % 2]!.place(buyer, basket([lamp]), key),
          // On a machine that is too busy the first may take longer than the others wait; they are told to repeat.
          ({ body, status }) => body.code !== 'request-in-progress' && status !== 503,
        ),
      ),
    );
    const different = new Map(answers.map(({ status, text }) => [text, status]));
    expect([...different.values()]).toHaveLength(1);
    expect([201, 202]).toContain(answers[0]?.status);
    const replayed = answers.filter((answer) => answer.get('Idempotency-Replayed') === 'true');
    expect(replayed.length).toBeGreaterThanOrEqual(49);
    expect(await countOrders(buyer.id)).toBe(1);
    await settle();
    expect(lamp.available).toBe(99);
  }
});

test('one key with two bodies at once makes one order; the other body is refused', async () => {
  for (let round = 0; round < 10; round += 1) {
    const buyer = somebody();
    const products = [app.products.offer()];
    const key = { 'Idempotency-Key': `two-${round}` };
    const answers = await Promise.all([
      replicas[0]!.place(buyer, basket(products, { note: 'one' }), key),
      replicas[1]!.place(buyer, basket(products, { note: 'two' }), key),
    ]);
    const refused = answers.filter(({ status }) => status === 422);
    expect(refused.map(({ body }) => body.code)).toEqual(['idempotency-key-reused']);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(await countOrders(buyer.id)).toBe(1);
  }
});

test('40 orders at once on one product are all placed', async () => {
  const lamp = app.products.offer({ available: 40 });
  const admin = somebody('admin');
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const buyer = somebody();
      return eventually(
        async () => replicas[index % 2]!.place(buyer, basket([lamp]), { 'Idempotency-Key': 'one of 40' }),
        // Load that is too much for the machine is shed, and the request repeated.
        ({ status, body }) => status !== 503 && body.code !== 'request-in-progress',
      );
    }),
  );
  for (const { status } of answers) expect([201, 202]).toContain(status);
  await settle();
  const orderIds = new Set(answers.map(({ body }) => body.id as string));
  expect(orderIds.size).toBe(40);
  for (const orderId of orderIds) {
    expect((await app.get(admin, `/orders/${orderId}`)).body).toMatchObject({
      status: 'awaiting_payment',
      version: 2,
    });
  }
  expect(lamp.available).toBe(0);
});

/** A placement in flight, and what it learns when: before its hold, after it, or at any moment. */
async function cancelInFlight(round: number): Promise<{ orderId: string; product: Offer; moves: string }> {
  const buyer = somebody();
  const product = app.products.offer({ available: 1 });
  let begin = (_orderId: string): void => {};
  const begun = new Promise<string>((resolve) => (begin = resolve));
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const meanwhile = [
    () => ended,
    () => undefined,
    () => sleep(Math.random() * 15),
    () => Promise.race([ended, sleep(Math.random() * 30)]),
  ];
  app.products.before = async (call) => {
    if (isHold(call)) begin(orderIdOf(call));
    await (isHold(call) ? meanwhile[round % 4]!() : round % 4 > 1 && sleep(Math.random() * 15));
  };
  app.products.after = async (call) => {
    if (isHold(call) && round % 4 === 1) await ended;
    if (round % 4 > 1) await sleep(Math.random() * 15);
  };

  const placing = replicas[0]!.place(buyer, basket([product])).then((answer) => answer);
  const orderId = await begun;
  if (round % 4 > 1) await sleep(Math.random() * 40);
  const cancelled = await replicas[1]!.cancel(buyer, orderId).expect(200);
  end();
  expect(cancelled.body.status).toBe('cancelled');
  const placed = await placing;
  expect([201, 202]).toContain(placed.status);

  const { body } = await app.get(buyer, `/orders/${orderId}`).expect(200);
  expect(body).toMatchObject({ status: 'cancelled', version: cancelled.body.version });
  const moves = await app.database.select<{ status: string }>(
    'SELECT status FROM order_timeline WHERE order_id = :orderId ORDER BY version',
    { orderId },
  );
  return { orderId, product, moves: moves.map(({ status }) => status).join(' ') };
}

test('100 orders that are cancelled while they are placed end as cancelled, and hold nothing', async () => {
  const rounds: Awaited<ReturnType<typeof cancelInFlight>>[] = [];
  for (let round = 0; round < 100; round += 1) rounds.push(await cancelInFlight(round));
  const possible = ['pending cancelled', 'pending awaiting_payment cancelled'];
  for (const { moves } of rounds) expect(possible).toContain(moves);
  expect(rounds.map(({ moves }) => moves)).toContain(possible[0]);

  app.products.before = undefined;
  app.products.after = undefined;
  await settle();
  for (const { orderId, product } of rounds) {
    expect(app.products.reservations.get(orderId)?.status).toBe('released');
    expect(product.available).toBe(1);
  }
});

test('of 10 cancellations at once, one moves the order and all succeed', async () => {
  for (let round = 0; round < 10; round += 1) {
    const buyer = somebody();
    const { body: order } = await app.place(buyer, basket([app.products.offer()])).expect(201);
    const headers: Record<string, string> = round % 2 ? { 'If-Match': '*' } : {};
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        replicas[index % 2]!.cancel(buyer, order.id, headers).expect(200),
      ),
    );
    for (const { body } of answers) expect(body).toMatchObject({ status: 'cancelled', version: 3 });
  }
});

test('If-Match: * cancels an order that is held at the same moment', async () => {
  for (let round = 0; round < 20; round += 1) {
    const buyer = somebody();
    let begin = (_orderId: string): void => {};
    const begun = new Promise<string>((resolve) => (begin = resolve));
    app.products.after = (call) => (isHold(call) ? begin(orderIdOf(call)) : undefined);
    const placing = replicas[0]!.place(buyer, basket([app.products.offer()])).then((answer) => answer);
    const orderId = await begun;
    await sleep(Math.random() * 10);
    await replicas[1]!.cancel(buyer, orderId, { 'If-Match': '*' }).expect(200);
    await placing;
  }
});

test('two loops share the steps that are due: each is done once, and none is lost', async () => {
  app.products.goAway();
  const buyer = somebody();
  const lamp = app.products.offer({ available: 1000 });
  const orderIds: string[] = [];
  for (let count = 0; count < 60; count += 1) {
    const { body } = await replicas[count % 2]!.place(buyer, basket([lamp])).expect(202);
    orderIds.push(body.id);
  }
  for (const orderId of orderIds.slice(0, 15)) await app.cancel(buyer, orderId).expect(200);
  app.products.comeBack();
  await app.makeDue();

  const pools = [openDatabase(app.database.settings), openDatabase(app.database.settings)];
  const loops = pools.map((pool) => app.resume(pool));
  await eventually(
    async () =>
      app.database.select("SELECT order_id FROM order_sagas WHERE step NOT IN ('nothing', 'expire')"),
    (open) => open.length === 0,
  );
  await Promise.all(loops.map((loop) => loop.stop()));
  await Promise.all(pools.map((pool) => pool.close()));

  const methods = orderIds.map((orderId) => app.products.callsFor(orderId).map(({ method }) => method));
  expect(methods.slice(0, 15)).toEqual(Array(15).fill(['POST']));
  expect(methods.slice(15)).toEqual(Array(45).fill(['PUT']));
  const rows = await app.database.select<{ status: string }>(
    'SELECT status, COUNT(*) AS count FROM orders WHERE buyer_id = :id GROUP BY status ORDER BY status',
    buyer,
  );
  expect(rows).toEqual([
    { status: 'awaiting_payment', count: 45 },
    { status: 'cancelled', count: 15 },
  ]);
  expect(lamp.available).toBe(955);
});
