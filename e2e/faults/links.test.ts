import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import type { ProcessName } from '../../scripts/local/processes.ts';
import type { FaultProxy, LinkFault } from '../../scripts/prove/fault-proxy.ts';
import { awaitAllAtRest, awaitHealed, awaitOpen } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import { together } from '../helpers/shop.ts';

let ground: FaultGround;

beforeAll(async () => {
  ground = await openGround({ isProxied: true });
});
afterAll(() => ground.close());

/** Everything that goes on with orders, on its way to somebody. */
function linksTo(callee: ProcessName): FaultProxy[] {
  const { proxies } = ground;
  return [...proxies.between('order-service', callee), ...proxies.between('order-worker', callee)];
}

async function disturb(callee: ProcessName, fault: LinkFault, work: () => Promise<void>): Promise<void> {
  const links = linksTo(callee);
  expect(links.length).toBeGreaterThan(1);
  links.forEach((link) => link.begin(fault));
  try {
    await work();
  } finally {
    links.forEach((link) => link.end(fault));
  }
}

async function count(sql: string, values: unknown[]): Promise<number> {
  const database = await ground.stack.database.connectAsRoot();
  try {
    const [rows] = await database.query<RowDataPacket[]>(sql, values);
    return Number(rows[0]?.count);
  } finally {
    await database.end();
  }
}

const countHolds = (orderId: string): Promise<number> =>
  count(`SELECT COUNT(*) AS count FROM productsDB.stock_ledger WHERE order_id = ? AND kind = 'hold'`, [
    orderId,
  ]);

const countCaptures = (orderId: string): Promise<number> =>
  count(`SELECT COUNT(*) AS count FROM paymentsDB.charges WHERE order_id = ? AND status = 'captured'`, [
    orderId,
  ]);

it('answers within 2 s while product-service takes 3 s, and reads orders as ever', async () => {
  const { shop, buyer, product } = ground;
  const orders: string[] = [];
  const seconds = { order: 0, read: 0 };
  // Half of it in each direction: 3 s from the request to its answer.
  await disturb('product-service', { way: 'delay', ms: 1_500 }, async () => {
    for (let round = 1; round <= 12; round += 1) {
      const orderedAt = performance.now();
      const placed = await shop.order(buyer, [[product, 1]]);
      seconds.order = Math.max(seconds.order, (performance.now() - orderedAt) / 1_000);
      expect(placed.status).toBe(202);
      orders.push(placed.body.id);
      const readAt = performance.now();
      const read = await shop.call('GET', `/orders/${placed.body.id}`, { token: buyer.token });
      expect(read.status).toBe(200);
      expect((await shop.call('GET', '/orders?limit=5', { token: buyer.token })).status).toBe(200);
      seconds.read = Math.max(seconds.read, (performance.now() - readAt) / 1_000);
    }
  });
  const healedAt = performance.now();
  expect(seconds.order).toBeLessThan(2);
  expect(seconds.read).toBeLessThan(1);
  expect(await awaitOpen(ground, healedAt)).toBeLessThan(5);
  const restSeconds = await awaitAllAtRest(ground, healedAt);
  await expectNothingLost(ground, orders);
  noteHealed('product-service-slow', restSeconds);
});

it('makes one hold of a reservation whose answers are lost', async () => {
  const { shop, seller, buyer } = ground;
  const product = await shop.offer(seller, 10);
  let orderId = '';
  await disturb('product-service', { way: 'swallow' }, async () => {
    const placed = await shop.order(buyer, [[product, 3]]);
    expect(placed.status).toBe(202);
    orderId = placed.body.id;
    // Long enough for a worker to lose one, too: it comes when the lease of the request has ended.
    await sleep(8_000);
    expect((await shop.readOrder(buyer, orderId)).status).toBe('pending');
  });
  const seconds = await awaitHealed(ground, performance.now());
  expect((await shop.readOrder(buyer, orderId)).status).toBe('awaiting_payment');
  expect(await countHolds(orderId)).toBe(1);
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 7, reserved: 3 });
  await expectNothingLost(ground, [orderId]);
  noteHealed('reservation-answer-lost', seconds);
});

it('takes the money once when the answers of the charge are lost', async () => {
  const { shop, seller, buyer } = ground;
  const product = await shop.offer(seller, 10);
  let orderId = '';
  await disturb('payment-simulator', { way: 'swallow' }, async () => {
    const placed = await shop.buy(buyer, [[product, 3]]);
    expect([placed.status, placed.body.status]).toEqual([201, 'paying']);
    orderId = placed.body.id;
    await sleep(8_000);
    expect((await shop.readOrder(buyer, orderId)).status).toBe('paying');
  });
  const seconds = await awaitHealed(ground, performance.now());
  expect((await shop.readOrder(buyer, orderId)).status).toBe('paid');
  expect(await countCaptures(orderId)).toBe(1);
  const left = { available: 7, onHand: 7 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject(left);
  await expectNothingLost(ground, [orderId]);
  noteHealed('charge-answer-lost', seconds);
});

async function awaitClaims(): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  const claimed = `SELECT COUNT(*) AS count FROM ordersDB.order_sagas
                    WHERE step = 'reserve' AND claimed_by IS NOT NULL`;
  while ((await count(claimed, [])) === 0) {
    if (performance.now() > giveUpAt) throw new Error('No worker has claimed an order within 20 s.');
    await sleep(50);
  }
}

it('goes on with orders at which both workers were killed', async () => {
  const { shop, stack, seller, buyer } = ground;
  const product = await shop.offer(seller, 100);
  const [products, workers] = [stack.processes['product-service'], stack.processes['order-worker']];
  const deaths = workers.map((worker) => worker.deaths);
  products.forEach((replica) => replica.kill('SIGSTOP'));
  let orders: string[] = [];
  try {
    const placed = await together(20, () => shop.buy(buyer, [[product, 1]]));
    expect(placed.filter(({ status }) => status !== 202)).toEqual([]);
    orders = placed.map(({ body }) => body.id);
    // They ask a product-service that stands still, and die while they wait.
    await awaitClaims();
    workers.forEach((worker) => worker.kill('SIGKILL'));
  } finally {
    products.forEach((replica) => replica.kill('SIGCONT'));
  }
  const seconds = await awaitHealed(ground, performance.now());
  expect(workers.map((worker) => worker.deaths)).toEqual(deaths.map((before) => before + 1));
  for (const id of orders) expect((await shop.readOrder(buyer, id)).status).toBe('paid');
  const left = { available: 80, onHand: 80 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject(left);
  expect(seconds).toBeLessThan(60);
  await expectNothingLost(ground, orders);
  noteHealed('workers-killed', seconds);
});
