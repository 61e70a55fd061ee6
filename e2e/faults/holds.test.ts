import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { awaitAllAtRest } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import { type Product, tally, together } from '../helpers/shop.ts';

let ground: FaultGround;
let root: Connection;

beforeAll(async () => {
  // The reviews are looked up in the log.
  const settings = { 'auth-service': { BCRYPT_COST: '4' }, 'product-service': { LOG_LEVEL: 'info' } };
  ground = await openGround({ settings });
  root = await ground.stack.database.connectAsRoot();
});
afterAll(async () => {
  await root.end();
  await ground.close();
});

async function place(product: Product, count: number): Promise<string[]> {
  const orders: string[] = [];
  while (orders.length < count) {
    const placed = await together(20, () => ground.shop.order(ground.buyer, [[product, 1]]));
    orders.push(...placed.map(({ body }) => body.id));
  }
  await Promise.all(orders.map((id) => ground.shop.awaitStatus(ground.buyer, id, 'awaiting_payment')));
  return orders;
}

const makeDue = (orders: string[]): Promise<unknown> =>
  root.query(
    `UPDATE productsDB.reservations SET review_at = NOW(3) - INTERVAL 1 SECOND
      WHERE status = 'held' AND order_id IN (?)`,
    [orders],
  );

async function countReservations(orders: string[]): Promise<Record<string, number>> {
  const [rows] = await root.query<RowDataPacket[]>(
    'SELECT status FROM productsDB.reservations WHERE order_id IN (?)',
    [orders],
  );
  return tally(rows.map(({ status }) => String(status)));
}

/** The orders about whose holds product-service has asked, once for each time. */
async function listReviews(): Promise<string[]> {
  const logs = await Promise.all(
    ground.stack.processes['product-service'].map(({ logFile }) => readFile(logFile, 'utf8')),
  );
  return (
    logs
      .join('\n')
      .split('\n')
      // The last line may be half written.
      .filter((line) => /"hold (not )?reviewed\b.*\}$/.test(line))
      .map((line) => (JSON.parse(line) as { orderId: string }).orderId)
  );
}

async function awaitReviews(orders: string[]): Promise<string[]> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const reviews = await listReviews();
    if (orders.every((id) => reviews.includes(id)) || performance.now() > giveUpAt) return reviews;
    await sleep(200);
  }
}

it('releases no hold whose review comes while its order is being paid', async () => {
  const { shop, seller, buyer } = ground;
  const product = await shop.offer(seller, 100);
  const orders = await place(product, 20);
  const paid = new AbortController();
  const pressing = (async () => {
    while (!paid.signal.aborted) {
      await makeDue(orders);
      await sleep(100);
    }
  })();
  try {
    const answers = await Promise.all(orders.map((id) => shop.pay(buyer, id, 'tok_slow_1500')));
    expect(answers.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
    await Promise.all(orders.map((id) => shop.awaitStatus(buyer, id, 'paid', 60_000)));
  } finally {
    paid.abort();
    await pressing;
  }
  const seconds = await awaitAllAtRest(ground, performance.now());
  expect(await countReservations(orders)).toEqual({ committed: 20 });
  const reviews = await listReviews();
  expect(orders.filter((id) => reviews.includes(id)).length).toBeGreaterThan(0);
  const left = { available: 80, onHand: 80 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject(left);
  await expectNothingLost(ground, orders);
  noteHealed('review-against-payment', seconds);
});

it('asks once about each hold, although two replicas look for those that are due', async () => {
  const { shop, seller, buyer } = ground;
  const product = await shop.offer(seller, 200);
  const orders = await place(product, 120);
  const [kept, cancelled] = [orders.slice(0, 80), orders.slice(80)];
  await makeDue(orders);
  const dueAt = performance.now();
  // These are given back by their orders at the same time.
  await Promise.all(
    cancelled.map((id) =>
      shop.call('POST', `/orders/${id}/cancel`, { token: buyer.token, body: { reason: 'changed my mind' } }),
    ),
  );
  const reviews = tally(await awaitReviews(kept));
  const seconds = await awaitAllAtRest(ground, dueAt);
  expect(kept.filter((id) => reviews[id] !== 1)).toEqual([]);
  expect(cancelled.filter((id) => (reviews[id] ?? 0) > 1)).toEqual([]);
  const left = { available: 120, onHand: 200 };
  expect(await shop.awaitStock(seller, product, left)).toMatchObject({ ...left, reserved: 80 });
  expect(await countReservations(orders)).toEqual({ held: 80, released: 40 });
  await expectNothingLost(ground, orders);
  noteHealed('two-sweepers', seconds);
});
