import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type CrashPoint, crashPoints } from '../order-service/src/config.ts';
import { audit } from '../scripts/prove/audit.ts';
import type { SupervisedProcess } from '../scripts/local/supervised-process.ts';
import { awaitReady } from './helpers/await-ready.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Answer, type Order, type Person, Shop } from './helpers/shop.ts';

let stack: TestStack;
let shop: Shop;
let seller: Person;
let buyer: Person;

beforeAll(async () => {
  stack = await runStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
});
afterAll(() => stack.remove());

/** Starts both replicas anew, to die at a point; the ones that come after them live. */
async function arm(point: CrashPoint): Promise<SupervisedProcess[]> {
  const replicas = stack.processes['order-service'];
  await Promise.all(replicas.map((replica) => replica.stop()));
  for (const replica of replicas) {
    replica.plan.environment.CRASH_POINT = point;
    replica.start();
    delete replica.plan.environment.CRASH_POINT;
  }
  await Promise.all(replicas.map(awaitReady));
  return replicas;
}

/** Sends an order with its payment, under one key, until it is answered. */
async function buyPatiently(product: { id: string; name: string; version: number }): Promise<Answer<Order>> {
  const key = randomUUID();
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await shop.buy(buyer, [[product, 3]], { key }).catch(() => undefined);
    if (answer?.status === 201 || answer?.status === 202) return answer;
    if (performance.now() > giveUpAt)
      throw new Error(`still answered with ${answer?.status} ${answer?.text}`);
  }
}

async function countCharges(orderId: string): Promise<number> {
  const database = await stack.database.connectAsRoot();
  const [rows] = await database.query(
    `SELECT COUNT(*) AS charges FROM paymentsDB.charges WHERE order_id = ? AND status = 'captured'`,
    [orderId],
  );
  await database.end();
  return (rows as { charges: number }[])[0]!.charges;
}

it.each(crashPoints)('an order whose process dies when it is %s is paid once all the same', async (point) => {
  const product = await shop.offer(seller, 10);
  const replicas = await arm(point);
  const deaths = replicas.reduce((sum, replica) => sum + replica.deaths, 0);
  const armedAt = performance.now();
  const placed = await buyPatiently(product);
  await shop.awaitStatus(buyer, placed.body.id, 'paid', 30_000);
  const left = { available: 7, onHand: 7 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject(left);
  expect(performance.now() - armedAt).toBeLessThan(30_000);
  expect(replicas.reduce((sum, replica) => sum + replica.deaths, 0)).toBeGreaterThan(deaths);
  expect(await countCharges(placed.body.id)).toBe(1);
  const orders = await shop.call<{ items: Order[] }>('GET', '/orders?limit=1', { token: buyer.token });
  expect(orders.body.items.map(({ id }) => id)).toEqual([placed.body.id]);
});

it('and then every invariant of the shop holds', async () => {
  expect((await audit(stack)).breaches).toEqual([]);
});
