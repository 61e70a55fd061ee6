import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { audit } from '../scripts/prove/audit.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Person, Shop } from './helpers/shop.ts';

let stack: TestStack;
let shop: Shop;
let seller: Person;
let buyer: Person;
let database: Connection;

beforeAll(async () => {
  stack = await runStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
  database = await stack.database.connectAsRoot();
});
afterAll(async () => {
  await database.end();
  await stack.remove();
});

/** A call that dies with the connection it went over is the point of these tests. */
const ignoreLostAnswer = (): undefined => undefined;

async function awaitPendingOrder(): Promise<string> {
  for (;;) {
    const [rows] = await database.query<RowDataPacket[]>(
      `SELECT id FROM ordersDB.orders WHERE status = 'pending'`,
    );
    if (rows[0]) return String(rows[0].id);
    await sleep(5);
  }
}

async function awaitAnswer(path: string, status: number, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const answer = await fetch(`${stack.url}/api/v1${path}`).catch(() => undefined);
    if (answer?.status === status) return;
    if (performance.now() > giveUpAt)
      throw new Error(`${path} answers ${answer?.status} after ${withinMs} ms`);
    await sleep(100);
  }
}

it('takes an order while product-service is stopped, and finishes it when it is back', async () => {
  const product = await shop.offer(seller, 10);
  await Promise.all(stack.processes['product-service'].map((replica) => replica.stop()));
  const askedAt = performance.now();
  const placed = await shop.order(buyer, [[product, 2]]);
  expect(placed.status).toBe(202);
  expect(performance.now() - askedAt).toBeLessThan(2_000);
  expect((await shop.readOrder(buyer, placed.body.id)).status).toBe('pending');

  stack.processes['product-service'].forEach((replica) => replica.start());
  const rested = await shop.awaitRest(buyer, placed.body.id, 10_000);
  expect(rested).toMatchObject({ status: 'awaiting_payment', total: { amount: 3998, currency: 'EUR' } });
  await awaitAnswer(`/products/${product.id}`, 200, 5_000);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 8, reserved: 2 });
});

it.each([
  ['between its row and the hold', 'SIGKILL'],
  ['between the hold and its note of it', 'SIGCONT'],
] as const)('finishes an order whose order-service was killed %s', async (_moment, signal) => {
  const product = await shop.offer(seller, 10);
  const key = randomUUID();
  const products = stack.processes['product-service'];
  products.forEach((replica) => replica.kill('SIGSTOP'));
  const lost = shop.order(buyer, [[product, 3]], key).catch(ignoreLostAnswer);
  const orderId = await awaitPendingOrder();
  // The request for the hold has a moment to reach the frozen process, which takes it when it goes on.
  await sleep(200);
  stack.processes['order-service'].forEach((replica) => replica.kill('SIGKILL'));
  products.forEach((replica) => replica.kill(signal));
  await lost;

  await awaitAnswer('/orders', 401, 10_000);
  await awaitAnswer(`/products/${product.id}`, 200, 10_000);
  expect((await shop.awaitRest(buyer, orderId, 30_000)).status).toBe('awaiting_payment');
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 7, reserved: 3 });
  const repeated = await shop.order(buyer, [[product, 3]], key);
  expect([repeated.status, repeated.body.id]).toEqual([201, orderId]);
});

it('cancels while product-service is stopped, and frees the stock when it is back', async () => {
  const product = await shop.offer(seller, 10);
  const placed = await shop.order(buyer, [[product, 4]]);
  await Promise.all(stack.processes['product-service'].map((replica) => replica.stop()));
  const cancelled = await shop.call<{ status: string }>('POST', `/orders/${placed.body.id}/cancel`, {
    token: buyer.token,
    body: { reason: 'changed my mind' },
  });
  expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);

  stack.processes['product-service'].forEach((replica) => replica.start());
  await awaitAnswer(`/products/${product.id}`, 200, 10_000);
  const giveUpAt = performance.now() + 15_000;
  while ((await shop.inventory(seller, product)).reserved > 0 && performance.now() < giveUpAt)
    await sleep(100);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 10, reserved: 0 });
});

it('goes on with valid tokens while auth-service is stopped', async () => {
  const product = await shop.offer(seller, 10);
  await Promise.all(stack.processes['auth-service'].map((replica) => replica.stop()));
  try {
    expect((await shop.order(buyer, [[product, 1]])).status).toBe(201);
    expect((await shop.call('GET', '/orders', { token: buyer.token })).status).toBe(200);
  } finally {
    stack.processes['auth-service'].forEach((replica) => replica.start());
    await awaitAnswer('/auth/.well-known/jwks.json', 200, 10_000);
  }
});

it('has every process back within 5 s of its kill -9', async () => {
  const doors: [string, string, number][] = [
    ['auth-service', '/auth/.well-known/jwks.json', 200],
    ['product-service', '/products', 200],
    ['order-service', '/orders', 401],
  ];
  for (const [name, path, status] of doors) {
    const replicas = stack.processes[name as keyof typeof stack.processes];
    replicas.forEach((replica) => replica.kill('SIGKILL'));
    await sleep(50);
    await awaitAnswer(path, status, 5_000);
  }
  stack.nginx.kill('SIGKILL');
  await sleep(50);
  await awaitAnswer('/products', 200, 5_000);
  stack.database.process.kill('SIGKILL');
  await sleep(50);
  await awaitAnswer('/products', 200, 5_000);
});

it('holds every invariant after all that', async () => {
  expect((await audit(stack)).breaches).toEqual([]);
});
