import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ReachedStack, reachStack } from './helpers/run-stack.ts';
import { type Person, Shop } from './helpers/shop.ts';

let stack: ReachedStack;
let shop: Shop;
let seller: Person;
let buyer: Person;

beforeAll(async () => {
  stack = await reachStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
});
afterAll(() => stack.remove());

const whole = { available: 10, onHand: 10 };

/** How each test token of the provider ends: its order, its payment, how often it was charged, what is left of ten. */
const endings: [string, string, string, number, { available: number; onHand: number }][] = [
  ['tok_ok', 'paid', 'captured', 1, { available: 7, onHand: 7 }],
  ['tok_insufficient_funds', 'awaiting_payment', 'declined', 1, { available: 7, onHand: 10 }],
  ['tok_lost_response', 'paid', 'captured', 1, { available: 7, onHand: 7 }],
  ['tok_flaky_2', 'paid', 'captured', 3, { available: 7, onHand: 7 }],
  ['tok_flaky_5', 'payment_failed', 'failed', 5, { available: 10, onHand: 10 }],
  ['tok_slow_2500', 'paid', 'captured', 1, { available: 7, onHand: 7 }],
  ['tok_timeout', 'payment_failed', 'failed', 5, { available: 10, onHand: 10 }],
];

it.each(endings)('%s leads to %s', async (token, status, payment, attempts, stock) => {
  const product = await shop.offer(seller, 10);
  const placed = await shop.order(buyer, [[product, 3]]);
  const answer = await shop.pay(buyer, placed.body.id, token);
  expect([201, 202, 409]).toContain(answer.status);
  await shop.awaitStatus(buyer, placed.body.id, status, 60_000);
  const payments = await shop.payments(buyer, placed.body.id);
  expect(payments.map((one) => one.status)).toEqual([payment]);
  // A charge that is too slow may be sent again before its outcome can be asked for.
  expect(payments[0]?.attempts).toBeGreaterThanOrEqual(attempts);
  expect(payments[0]?.attempts).toBeLessThanOrEqual(token.startsWith('tok_slow') ? 3 : attempts);
  expect(await shop.awaitStock(seller, product, stock)).toMatchObject(stock);
});

it('pays an order in the request that places it', async () => {
  const product = await shop.offer(seller, 10);
  const { status, body } = await shop.buy(buyer, [[product, 4]]);
  expect(status).toBe(201);
  await shop.awaitStatus(buyer, body.id, 'paid');
  const left = { available: 6, onHand: 6 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject(left);
});

it('takes five cards that are declined, and then no more', async () => {
  const product = await shop.offer(seller, 10);
  const { body: order } = await shop.order(buyer, [[product, 1]]);
  const codes: (string | undefined)[] = [];
  for (let card = 1; card <= 6; card += 1)
    codes.push((await shop.pay(buyer, order.id, 'tok_insufficient_funds')).body.code);
  expect(codes).toEqual([
    ...Array<string>(4).fill('payment-declined'),
    'attempts-exhausted',
    'attempts-exhausted',
  ]);
  expect((await shop.readOrder(buyer, order.id)).status).toBe('payment_failed');
  expect(await shop.awaitStock(seller, product, whole)).toMatchObject(whole);
});

it('gives the money and the goods back when a paid order is cancelled', async () => {
  const product = await shop.offer(seller, 10);
  const { body: order } = await shop.buy(buyer, [[product, 4]]);
  await shop.awaitStatus(buyer, order.id, 'paid');
  const body = { reason: 'changed my mind' };
  const cancelled = await shop.call('POST', `/orders/${order.id}/cancel`, { token: buyer.token, body });
  expect(cancelled.status).toBe(202);
  await shop.awaitStatus(buyer, order.id, 'refunded');
  expect(await shop.awaitStock(seller, product, whole)).toMatchObject(whole);
});
