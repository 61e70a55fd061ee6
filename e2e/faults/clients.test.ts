import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitAllAtRest, awaitHealed } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { countDeaths, type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import { type Answer, type Order, type Product, shipTo } from '../helpers/shop.ts';
import { SlowClients } from '../helpers/slow-clients.ts';

let ground: FaultGround;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

/** That no answer came is the point. */
const ignoreHangUp = (): undefined => undefined;

/** Sends an order and closes the connection before the answer, unless that is quicker. */
async function orderAndHangUp(product: Product, key: string, afterMs: number): Promise<void> {
  const { shop, buyer } = ground;
  await fetch(`${shop.url}/orders`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${buyer.token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    },
    body: JSON.stringify({ items: [{ productId: product.id, quantity: 1 }], shipTo }),
    signal: AbortSignal.timeout(afterMs),
  }).then((answer) => answer.text(), ignoreHangUp);
}

async function orderPatiently(product: Product, key: string): Promise<Answer<Order>> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await ground.shop.order(ground.buyer, [[product, 1]], key);
    if (answer.status < 300) return answer;
    expect([answer.status, answer.body.code]).toEqual([409, 'request-in-progress']);
    if (performance.now() > giveUpAt) throw new Error('The first request is still at work after 30 s.');
    await sleep(1_000 * Number(answer.headers.get('Retry-After')));
  }
}

it('makes one order for a client that hangs up before the answer and comes again', async () => {
  const { shop, seller } = ground;
  const product = await shop.offer(seller, 100);
  const orders = new Set<string>();
  for (let round = 0; round < 60; round += 1) {
    const key = randomUUID();
    await orderAndHangUp(product, key, 1 + (round % 20));
    // A second time, while the first may still be at work.
    if (round % 2 === 0) await orderAndHangUp(product, key, 1 + (round % 7));
    orders.add((await orderPatiently(product, key)).body.id);
  }
  const repeatedAt = performance.now();
  expect(orders.size).toBe(60);
  const seconds = await awaitAllAtRest(ground, repeatedAt);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 40, reserved: 60 });
  await expectNothingLost(ground, orders);
  noteHealed('client-hangs-up', seconds);
});

it('answers others within 1 s while 400 connections send a byte a second, and closes those', async () => {
  const { shop, stack, buyer, product } = ground;
  const deaths = countDeaths(stack);
  const orders: string[] = [];
  let slowest = 0;
  const slow = new SlowClients(stack.url, 400);
  try {
    await sleep(2_000);
    expect(slow.connected).toBe(400);
    expect(slow.left).toBe(400);
    const giveUpAt = performance.now() + 45_000;
    for (let turn = 0; slow.left > 0 && performance.now() < giveUpAt; turn += 1) {
      const askedAt = performance.now();
      if (turn % 4 === 3) orders.push((await shop.order(buyer, [[product, 1]])).body.id);
      else expect((await shop.call('GET', `/products/${product.id}`)).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - askedAt);
      await sleep(100);
    }
    // Nginx gives a header 10 s in all; the bodies have ended by themselves.
    expect(slow.left).toBe(0);
  } finally {
    slow.stop();
  }
  const seconds = await awaitHealed(ground, performance.now());
  expect(slowest).toBeLessThan(1_000);
  expect(countDeaths(stack)).toBe(deaths);
  await expectNothingLost(ground, orders);
  noteHealed('slow-loris', seconds);
});
