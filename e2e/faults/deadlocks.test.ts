import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { SupervisedProcess } from '../../scripts/local/supervised-process.ts';
import { awaitAllAtRest, awaitHealed } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { countDeaths, type FaultGround, openGround, plenty } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import { readMetrics } from '../helpers/read-metrics.ts';
import { type Answer, type Order, type Product, shipTo, tally, together } from '../helpers/shop.ts';

let ground: FaultGround;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const poolSize = 10;

/** Sent once: whoever is told to come again counts as a failure here. */
const placeOnce = (products: Product[]): Promise<Answer<Order>> =>
  ground.shop.call<Order>('POST', '/orders', {
    token: ground.buyer.token,
    headers: { 'Idempotency-Key': randomUUID() },
    body: { items: products.map(({ id }) => ({ productId: id, quantity: 1 })), shipTo },
  });

it('places 60 orders at once whose lines cross, ten times over, without an internal error', async () => {
  const { shop, seller } = ground;
  const products = await together(4, () => shop.offer(seller, 600));
  const orders: string[] = [];
  for (let round = 1; round <= 10; round += 1) {
    const placed = await together(60, (index) => {
      const turned = [...products.slice(index % 4), ...products.slice(0, index % 4)];
      return placeOnce(index % 2 === 0 ? turned : turned.toReversed());
    });
    // On a busy machine some come too late for the answer, and are finished after it.
    const { 201: _placed, 202: _pending, ...others } = tally(placed.map(({ status }) => status));
    expect(others).toEqual({});
    orders.push(...placed.map(({ body }) => body.id));
  }
  const seconds = await awaitAllAtRest(ground, performance.now());
  for (const product of products)
    expect(await shop.inventory(seller, product)).toMatchObject({ available: 0, reserved: 600 });
  await expectNothingLost(ground, orders);
  noteHealed('deadlock-storm', seconds);
});

async function countDeadlocks(root: Connection): Promise<number> {
  const [rows] = await root.query<RowDataPacket[]>(
    `SELECT SUM(metrics.COUNT) AS count FROM information_schema.INNODB_METRICS AS metrics
      WHERE metrics.NAME = 'lock_deadlocks'`,
  );
  return Number(rows[0]?.count);
}

/** InnoDB ends whichever of two has changed less: with these in its transaction, it is never the test. */
const weight = Array.from({ length: 100 }, (_unused, index) => [index]);

const lockStock = (root: Connection, { id }: Product): Promise<unknown> =>
  root.query('SELECT on_hand FROM productsDB.stock WHERE product_id = ? FOR UPDATE', [id]);

/** Waits until somebody is at the stock of a product, and so waits for it; for a second at most, should nobody come. */
async function awaitWaiter(root: Connection, { id }: Product): Promise<void> {
  const waiter = `SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE CONCAT('UPDATE JSON_TABLE%', ?, '%')`;
  for (let look = 0; look < 100; look += 1) {
    const [waiting] = await root.query<RowDataPacket[]>(waiter, [id]);
    if (waiting.length > 0) return;
    await sleep(10);
  }
}

/** Takes the second row of an order before it, and the first one after it: each then waits for the other. */
async function forceDeadlock(
  root: Connection,
  [first, second]: readonly [Product, Product],
): Promise<Answer<Order>> {
  await root.query('START TRANSACTION');
  await root.query('INSERT INTO faults.weight (n) VALUES ?', [weight]);
  await lockStock(root, second);
  const placing = placeOnce([first, second]);
  await awaitWaiter(root, second);
  // Should the test be the victim after all, it is a deadlock just the same.
  await lockStock(root, first).catch(() => undefined);
  await root.query('ROLLBACK');
  return placing;
}

async function openLane(): Promise<{ root: Connection; products: readonly [Product, Product] }> {
  const { shop, seller, stack } = ground;
  const root = await stack.database.connectAsRoot();
  const offered = [await shop.offer(seller, plenty), await shop.offer(seller, plenty)];
  // Stock is taken in ascending id.
  const [first, second] = offered.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { root, products: [first!, second!] };
}

const usedConnections = async (replica: SupervisedProcess): Promise<number> =>
  (await readMetrics(replica)).db_pool_used_connections ?? NaN;

/** Used connections that are used by nobody would show in every look. */
async function fewestUsed(replica: SupervisedProcess): Promise<number> {
  let fewest = Infinity;
  for (let look = 0; look < 20; look += 1) {
    fewest = Math.min(fewest, await usedConnections(replica));
    await sleep(50);
  }
  return fewest;
}

/** Looks until all connections are at work, for shorter than a reader waits for one. */
async function mostUsed(replica: SupervisedProcess): Promise<number> {
  const giveUpAt = performance.now() + 2_500;
  let most = 0;
  while (most < poolSize && performance.now() < giveUpAt) {
    most = Math.max(most, await usedConnections(replica));
    await sleep(50);
  }
  return most;
}

/** Reads a locked table more often at once than there are connections: all of them come to be at work, or are lost. */
async function readAllAtOnce({ stack, shop, product }: FaultGround): Promise<number[]> {
  const root = await stack.database.connectAsRoot();
  await root.query('LOCK TABLES productsDB.products WRITE');
  const reading = together(200, () => shop.call('GET', `/products/${product.id}`));
  const used = await Promise.all(stack.processes['product-service'].map(mostUsed));
  await root.end();
  expect(tally((await reading).map(({ status }) => status))).toEqual({ 200: 200 });
  return used;
}

it('has all connections of its pools after 1,000 forced deadlocks', async () => {
  const { stack } = ground;
  const deaths = countDeaths(stack);
  const root = await stack.database.connectAsRoot();
  const lanes = await together(8, openLane);
  const orders: string[] = [];
  await root.query('CREATE DATABASE IF NOT EXISTS faults');
  await root.query('CREATE TABLE faults.weight (n INT) ENGINE = InnoDB');
  await root.query(`SET GLOBAL innodb_monitor_enable = 'lock_deadlocks'`);
  const before = await countDeadlocks(root);
  const giveUpAt = performance.now() + 400_000;
  let forced = 0;
  try {
    while (forced < 1_000 && performance.now() < giveUpAt) {
      const placed = await Promise.all(lanes.map((lane) => forceDeadlock(lane.root, lane.products)));
      const { 201: _placed, 202: _pending, ...others } = tally(placed.map(({ status }) => status));
      expect(others).toEqual({});
      orders.push(...placed.map(({ body }) => body.id));
      forced = (await countDeadlocks(root)) - before;
    }
  } finally {
    for (const lane of lanes) await lane.root.end();
    await root.query('DROP DATABASE faults');
    await root.end();
  }
  expect(forced).toBeGreaterThanOrEqual(1_000);
  const seconds = await awaitHealed(ground, performance.now());
  for (const replica of stack.processes['product-service']) {
    expect(await fewestUsed(replica)).toBe(0);
  }
  expect(await readAllAtOnce(ground)).toEqual([poolSize, poolSize]);
  for (const replica of stack.processes['product-service'])
    expect((await readMetrics(replica)).db_pool_waiting_queries).toBe(0);
  expect(countDeaths(stack)).toBe(deaths);
  await expectNothingLost(ground, orders);
  noteHealed('forced-deadlocks', seconds);
}, 600_000);
