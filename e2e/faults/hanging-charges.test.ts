import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { awaitAllAtRest } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { type FaultGround, openGround, plenty } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import type { Person, Product } from '../helpers/shop.ts';

let ground: FaultGround;
let root: Connection;
let other: Person;
let products: Product[];

beforeAll(async () => {
  const settings = (name: string) => ({
    LOG_LEVEL: 'error',
    ...(name === 'auth-service' && { BCRYPT_COST: '4' }),
  });
  ground = await openGround({ settings });
  root = await ground.stack.database.connectAsRoot();
  other = await ground.shop.register();
  products = await Promise.all(Array.from({ length: 20 }, () => ground.shop.offer(ground.seller, plenty)));
});
afterAll(async () => {
  await root.end();
  await ground.close();
});

/** Spreads work evenly over a time and waits for all of it. */
async function spread<T>(count: number, overMs: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const startedAt = performance.now();
  const running = Array.from({ length: count }, async (_unused, index) => {
    await sleep(Math.max(0, startedAt + (index * overMs) / count - performance.now()));
    return work(index);
  });
  return Promise.all(running);
}

async function buy(buyer: Person, token: string, index: number): Promise<string> {
  const product = products[index % products.length]!;
  const placed = await ground.shop.buy(buyer, [[product, 1]], { token });
  expect([201, 202]).toContain(placed.status);
  return placed.body.id;
}

/** An unpaid order whose payment window ends a second later. */
async function expireSoon(index: number): Promise<string> {
  const product = products[index % products.length]!;
  const { body } = await ground.shop.order(other, [[product, 1]]);
  await ground.shop.awaitStatus(other, body.id, 'awaiting_payment');
  await root.query(
    `UPDATE ordersDB.orders JOIN ordersDB.order_sagas ON order_id = id
        SET payment_due_at = NOW(3) + INTERVAL 1 SECOND, due_at = NOW(3) + INTERVAL 1 SECOND WHERE id = ?`,
    [body.id],
  );
  return body.id;
}

/** Waits until all orders have a status, and reads how many seconds each took by the clock of the database. */
async function secondsUntil(orders: string[], status: string, since: string): Promise<number[]> {
  const sql = `SELECT TIMESTAMPDIFF(MICROSECOND, ${since}, ended.created_at) / 1e6 AS seconds
      FROM ordersDB.orders JOIN ordersDB.order_timeline AS ended ON ended.order_id = id
     WHERE id IN (?) AND ended.status = ?`;
  const giveUpAt = performance.now() + 240_000;
  for (;;) {
    const [rows] = await root.query<RowDataPacket[]>(sql, [orders, status]);
    if (rows.length === orders.length) return rows.map(({ seconds }) => Number(seconds));
    if (performance.now() > giveUpAt)
      throw new Error(`${orders.length - rows.length} of ${orders.length} orders are not ${status}.`);
    await sleep(500);
  }
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const span = (values: number[]): string =>
  `${mean(values).toFixed(2)} (at most ${Math.max(...values).toFixed(2)})`;

interface Delays {
  placed: number[];
  paid: number[];
  flaky: number[];
  expired: number[];
}

/** How long the orders of another buyer take in each phase: the answer, the charge at the second retry, the expiry. */
async function measureOthers(count: number, overMs: number): Promise<Delays> {
  const timed = async (index: number): Promise<{ id: string; seconds: number }> => {
    const startedAt = performance.now();
    const id = await buy(other, 'tok_ok', index);
    return { id, seconds: (performance.now() - startedAt) / 1_000 };
  };
  const [good, flaky, expiring] = await Promise.all([
    spread(count, overMs, timed),
    spread(count, overMs, (index) => buy(other, 'tok_flaky_2', index)),
    spread(count, overMs, expireSoon),
  ]);
  return {
    placed: good.map(({ seconds }) => seconds),
    paid: await secondsUntil(
      good.map(({ id }) => id),
      'paid',
      'orders.created_at',
    ),
    flaky: await secondsUntil(flaky, 'paid', 'orders.created_at'),
    expired: await secondsUntil(expiring, 'cancelled', 'orders.payment_due_at'),
  };
}

function expectNoDelay(beside: Delays, alone: Delays): void {
  for (const kind of ['placed', 'paid', 'flaky', 'expired'] as const) {
    console.log(`${kind}: alone ${span(alone[kind])} s, beside ${span(beside[kind])} s`);
  }
  for (const kind of ['placed', 'paid', 'flaky', 'expired'] as const)
    expect(mean(beside[kind]) - mean(alone[kind])).toBeLessThan(1);
}

it.each([
  [220, 18_000],
  [1_000, 60_000],
])('%s orders whose charges time out delay no other order', async (count, overMs) => {
  const { buyer } = ground;
  const alone = await measureOthers(20, 10_000);
  const hanging = spread(count, overMs, (index) => buy(buyer, 'tok_timeout', index));
  await sleep(overMs / 3);
  const beside = await measureOthers(20, overMs / 2);
  const orders = await hanging;
  const seconds = await secondsUntil(orders, 'payment_failed', 'orders.created_at');
  console.log(`${count} hanging: ${span(seconds)} s`);
  expectNoDelay(beside, alone);
  expect(Math.max(...seconds)).toBeLessThan(60);
  const healed = await awaitAllAtRest(ground, performance.now());
  await expectNothingLost(ground, orders.slice(0, 20));
  noteHealed('charges-hang', healed);
});
