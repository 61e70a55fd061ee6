import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { writeServiceKeys } from '../../testing/service-keys.ts';
import { createOrderClient } from '../src/clients/order-client.ts';
import { reviewHolds } from '../src/hold-reviews/review-holds.ts';
import { measureHolds } from '../src/metrics.ts';
import { readStock } from './helpers/invariants.ts';
import { type ProductApp, startProductApp } from './helpers/product-app.ts';

type Answer = Awaited<ReturnType<Parameters<typeof startFakeUpstream>[0]>>;

let app: ProductApp;
let orders: Awaited<ReturnType<typeof startFakeUpstream>>;
/** What order-service answers. */
let answer: Answer;
const keys = writeServiceKeys(['product-service']);
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  app = await startProductApp();
  orders = await startFakeUpstream(() => answer);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await orders.stop();
  await app.stop();
});

function startReviews(url = orders.url): void {
  const settings = { ORDER_SERVICE_URL: [url], SERVICE_KEY_FILE: keys.keyFile('product-service') };
  const client = createOrderClient(settings, app.database.clock);
  stops.push(reviewHolds({ database: app.database, orders: client, logger: silentLogger }).stop);
}

const due = 'NOW(3) - INTERVAL 1 SECOND';

/** A hold of two of ten pieces, to be reviewed at a time of the database's clock. */
async function held(reviewAt = due): Promise<{ orderId: string; productId: string }> {
  const { id: productId } = await app.create(app.person('seller'), { initialStock: 10 });
  const orderId = uuidv7();
  await app.hold(orderId, [{ productId, quantity: 2 }]).expect(201);
  await app.database.change(`UPDATE reservations SET review_at = ${reviewAt} WHERE order_id = :orderId`, {
    orderId,
  });
  return { orderId, productId };
}

const statusOf = async (orderId: string): Promise<string | undefined> => {
  const rows = await app.database.select<{ status: string }>(
    'SELECT status FROM reservations WHERE order_id = :orderId',
    { orderId },
  );
  return rows[0]?.status;
};
const askedAbout = (orderId: string): number =>
  orders.calls.filter(({ path }) => path === `/internal/v1/orders/${orderId}/hold-decision`).length;

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error('It did not come to that within 15 s.');
    await sleep(25);
  }
}

test.each([
  ['commit', 'committed', { onHand: 8, reserved: 0 }],
  ['release', 'released', { onHand: 10, reserved: 0 }],
  ['unknown', 'released', { onHand: 10, reserved: 0 }],
])('a hold about which its order says %s is %s', async (decision, status, stock) => {
  const { orderId, productId } = await held();
  answer = { status: 200, body: { decision } };
  startReviews();
  await until(async () => (await statusOf(orderId)) === status);
  expect(await readStock(app.database, productId)).toEqual(stock);
  expect(askedAbout(orderId)).toBe(1);
});

test('a hold that its order wants to keep stays, and is asked about again a minute later', async () => {
  const { orderId } = await held();
  answer = { status: 200, body: { decision: 'keep' } };
  startReviews();
  await until(() => askedAbout(orderId) === 1);
  await stops.pop()?.();
  const [row] = await app.database.select<{ seconds: string; status: string }>(
    'SELECT status, TIMESTAMPDIFF(SECOND, NOW(3), review_at) AS seconds FROM reservations WHERE order_id = :orderId',
    { orderId },
  );
  expect(row?.status).toBe('held');
  expect(Number(row?.seconds)).toBeGreaterThan(40);
  expect(Number(row?.seconds)).toBeLessThanOrEqual(60);
});

test.each<[string, Answer]>([
  ['does not answer', 'reset'],
  ['fails', { status: 503, body: {} }],
  ['does not know the path', { status: 404, body: { code: 'not-found' } }],
  ['says what nobody understands', { status: 200, body: { decision: 'perhaps' } }],
])('nothing is let go when order-service %s, however long ago the review was due', async (_what, says) => {
  const { orderId, productId } = await held('NOW(3) - INTERVAL 1 YEAR');
  answer = says;
  startReviews();
  await until(() => askedAbout(orderId) >= 1);
  await stops.pop()?.();
  expect(await statusOf(orderId)).toBe('held');
  expect(await readStock(app.database, productId)).toEqual({ onHand: 10, reserved: 2 });
});

test('a hold whose review lies ahead is asked about by nobody', async () => {
  const [early, late] = [await held('NOW(3) + INTERVAL 1 HOUR'), await held()];
  answer = { status: 200, body: { decision: 'release' } };
  startReviews();
  await until(async () => (await statusOf(late.orderId)) === 'released');
  expect(askedAbout(early.orderId)).toBe(0);
  expect(await statusOf(early.orderId)).toBe('held');
});

test('holds are not tried over and over while order-service is away', async () => {
  await app.database.change(
    `INSERT INTO reservations (order_id, buyer_id, status, review_at)
     SELECT UUID(), UUID(), 'held', ${due} FROM (${Array.from({ length: 60 }, (_, row) => `SELECT ${row}`).join(' UNION ')}) AS some`,
    {},
  );
  const countDue = async (): Promise<number> => {
    const [row] = await app.database.select<{ count: number }>(
      `SELECT COUNT(*) AS count FROM reservations WHERE status = 'held' AND review_at <= NOW(3)`,
    );
    return Number(row?.count);
  };
  startReviews('http://127.0.0.1:1');
  await until(async () => (await countDue()) < 60);
  await sleep(1_000);
  expect(await countDue()).toBe(40);
  await app.database.change(
    'DELETE FROM reservations WHERE order_id NOT IN (SELECT order_id FROM reservation_items)',
    {},
  );
});

test('a look at the figure of holds counts them once a minute', async () => {
  const metrics = createMetrics();
  const clock = { ms: 0 };
  measureHolds(metrics, app.database, () => clock.ms);
  const figure = async (): Promise<number> =>
    Number(/^reservations_held (.*)$/m.exec((await metrics.expose()).text)?.[1]);
  const first = await figure();
  await held();
  clock.ms += 59_000;
  expect(await figure()).toBe(first);
  clock.ms += 2_000;
  expect(await figure()).toBe(first + 1);
});
