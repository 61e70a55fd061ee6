import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { auditOrders } from '../src/audit/audit-orders.ts';
import { eventually } from './helpers/order-app.ts';
import { fillQueue } from './helpers/fill-queue.ts';
import { seen, startWebhookApp, type WebhookApp } from './helpers/webhook-app.ts';

let shop: WebhookApp;
beforeAll(async () => {
  shop = await startWebhookApp();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

const change = (sql: string, values: object = {}) => shop.app.database.change(sql, values);
const select = <Row extends object>(sql: string) => shop.app.database.select<Row>(sql);
const count = async (where: string): Promise<number> => {
  const sql = `SELECT COUNT(*) AS found FROM webhook_deliveries WHERE ${where}`;
  return Number((await select<{ found: number }>(sql))[0]?.found);
};
const left = () => count(`status = 'pending'`);
const awaitAllDelivered = () => eventually(left, (pending) => pending === 0);

/** Sequences by subject, in the order in which the receiver got them. */
const receivedByKey = (): Record<string, number[]> => {
  const pairs = shop.received().map((one): [string, number] => {
    const end = one.lastIndexOf(' ');
    return [one.slice(0, end), Number(one.slice(end))];
  });
  const byKey = Map.groupBy(pairs, ([subject]) => subject);
  return Object.fromEntries([...byKey].map(([key, calls]) => [key, calls.map(([, sequence]) => sequence)]));
};

/** Runs a worker for a second on a connection of its own, and counts the rows that its statements read meanwhile. */
async function rowsReadInOneSecond(): Promise<number> {
  const pool = openDatabase({ ...shop.app.database.settings, DB_POOL_SIZE: 1 });
  const read = async (): Promise<number> => {
    const rows = await pool.select<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Handler_read%'`);
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  const before = await read();
  const delivering = shop.deliver(pool);
  await sleep(1_000);
  await delivering.stop();
  const after = await read();
  await pool.close();
  return after - before;
}

describe('a backlog', () => {
  test('of a dead receiver makes no poll more expensive', async () => {
    const { id } = await shop.register();
    const putOff = `UPDATE webhook_deliveries SET due_at = NOW(3) + INTERVAL 1 DAY, next_at = NOW(3) + INTERVAL 1 DAY`;
    await fillQueue(shop.app.database, { webhookId: id, keys: 10, events: 2 });
    await change(putOff);
    const few = await rowsReadInOneSecond();
    await fillQueue(shop.app.database, { webhookId: id, keys: 1_000, events: 4 });
    await change(putOff);
    expect(await rowsReadInOneSecond()).toBeLessThan(1.5 * few);
  });

  test('for one key of a receiver is parked once, and its other keys go on', async () => {
    const { id } = await shop.register();
    shop.answers.status = ({ subject }) => (subject === 'key 0' ? 500 : 204);
    await fillQueue(shop.app.database, { webhookId: id, keys: 1, events: 500 });
    await shop.tell(seen('another key', 1));
    const delivering = shop.deliver();
    await eventually(
      () => Promise.resolve(shop.received()),
      (all) => all.includes('another key 1'),
    );
    await eventually(
      () => count(`status = 'pending' AND next_at < '9999-01-01'`),
      (due) => due === 1,
    );
    await delivering.stop();
    expect(await left()).toBe(500);
  });
});

describe('a receiver that gives no answer', () => {
  test('is tried once for each pause, however many keys wait, and gets all when it answers', async () => {
    const { id } = await shop.register();
    shop.answers.status = () => 0;
    await fillQueue(shop.app.database, { webhookId: id, keys: 60, events: 2 });
    const pool = openDatabase(shop.app.database.settings);
    const workers = [shop.deliver(), shop.deliver(pool)];
    const pauses = () =>
      select<{ silences: number; seconds: number }>(
        `SELECT silences, TIMESTAMPDIFF(MICROSECOND, NOW(3), paused_until) / 1000000 AS seconds FROM webhooks`,
      );
    await eventually(pauses, ([webhook]) => webhook?.silences === 1);
    await sleep(600);
    const atOnce = shop.received().length;
    expect(atOnce).toBeLessThanOrEqual(20);
    for (const [index, seconds] of [10, 20].entries()) {
      await change('UPDATE webhooks SET paused_until = NOW(3)');
      const [webhook] = await eventually(pauses, ([one]) => one?.silences === index + 2);
      expect(Number(webhook?.seconds)).toBeGreaterThan(seconds * 0.8 - 2);
      expect(Number(webhook?.seconds)).toBeLessThan(seconds * 1.2 + 1);
    }
    await sleep(600);
    expect(shop.received()).toHaveLength(atOnce + 2);
    shop.answers.status = () => 204;
    await change('UPDATE webhooks SET paused_until = NOW(3)');
    await change(`UPDATE webhook_deliveries SET due_at = NOW(3), next_at = NOW(3) WHERE attempts > 0`);
    await awaitAllDelivered();
    for (const worker of workers) await worker.stop();
    await pool.close();
    expect((await pauses())[0]).toEqual({ silences: 0, seconds: null });
  });

  test('delays no other one, and neither do 24 of its kind', async () => {
    const hanging = await startFakeUpstream(() => 'hang');
    const [dead] = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        shop.register({ types: index === 0 ? ['order.*'] : ['stock.*'] }),
      ),
    );
    await change('UPDATE webhooks SET url = :url', { url: hanging.url });
    const host = new URL(hanging.url).host;
    await shop.register({ types: ['product.changed'] });
    await fillQueue(shop.app.database, { webhookId: dead!.id, keys: 500, events: 1 });
    await shop.tell(...Array.from({ length: 20 }, (_, index) => seen(`key ${index}`, 1, 'stock.changed')));
    const delivering = shop.deliver(undefined, [host]);
    await eventually(
      () => Promise.resolve(hanging.calls.length),
      (calls) => calls > 100,
    );
    const toldAt = performance.now();
    await shop.tell(seen('one', 1));
    await eventually(
      () => Promise.resolve(shop.received()),
      ({ length }) => length === 1,
    );
    expect(performance.now() - toldAt).toBeLessThan(1_000);
    await hanging.stop();
    await delivering.stop();
  });

  test('is tried at once when an admin redelivers', async () => {
    const { id } = await shop.register();
    await shop.tell(seen('one', 1));
    await change(`UPDATE webhooks SET silences = 9, paused_until = NOW(3) + INTERVAL 5 MINUTE`);
    const delivering = shop.deliver();
    const { body } = await shop.call('get', `/${id}/deliveries`);
    await shop.call('post', `/${id}/deliveries/${body.items[0].id}/redeliver`).expect(200);
    await awaitAllDelivered();
    await delivering.stop();
  });
});

describe('the events of one key', () => {
  test('come in order while more are queued and others end, by two workers', async () => {
    await shop.register();
    const keys = Array.from({ length: 8 }, () => uuidv7());
    const pool = openDatabase(shop.app.database.settings);
    const workers = [shop.deliver(), shop.deliver(pool)];
    const sequences = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const sequence of sequences) await shop.tell(...keys.map((key) => seen(key, sequence)));
    await awaitAllDelivered();
    for (const worker of workers) await worker.stop();
    await pool.close();
    expect(receivedByKey()).toEqual(Object.fromEntries(keys.map((key) => [key, sequences])));
  });

  test('go on when a worker of the previous version ends, puts off and inserts some', async () => {
    await shop.register();
    await shop.tell(...[1, 2, 3].flatMap((sequence) => ['a', 'b'].map((key) => seen(key, sequence))));
    // What migration 0029 finds.
    await change(`UPDATE webhook_deliveries SET next_at = '9999-12-31'`);
    const file = path.join(import.meta.dirname, '../migrations/0029-webhook-deliveries-pending.sql');
    await change(readFileSync(file, 'utf8').split(';').at(-1) ?? '');
    const end = `status = 'delivered', ended_at = NOW(3)`;
    await change(`UPDATE webhook_deliveries SET ${end} WHERE partition_key = 'a' ORDER BY position LIMIT 1`);
    await change(
      `UPDATE webhook_deliveries SET due_at = NOW(3) + INTERVAL 1 SECOND WHERE partition_key = 'b' ORDER BY position LIMIT 1`,
    );
    const delivering = shop.deliver();
    await awaitAllDelivered();
    await delivering.stop();
    expect(receivedByKey()).toEqual({ a: [2, 3], b: [1, 2, 3] });
  });
});

test('the audit finds a key whose first delivery has no time', async () => {
  await shop.register();
  await shop.tell(seen('sound', 1), seen('sound', 2), seen('stuck', 1));
  await change(`UPDATE webhook_deliveries SET next_at = '9999-12-31' WHERE event LIKE '%"sequence":2%'`);
  const findings = () => auditOrders({ database: shop.app.database });
  const stuck = async () =>
    (await findings())
      .filter(({ says }) => says.startsWith('the first delivery of each key'))
      .map(({ invariant, breaches }) => [invariant, breaches]);
  expect(await stuck()).toEqual([[9, 0]]);
  await change(`UPDATE webhook_deliveries SET next_at = '9999-12-31' WHERE partition_key = 'stuck'`);
  expect(await stuck()).toEqual([[9, 1]]);
});

describe('a webhook with many deliveries', () => {
  test('is deleted at once, and its rows go in the background', async () => {
    const { id } = await shop.register();
    const other = await shop.register();
    await fillQueue(shop.app.database, { webhookId: id, keys: 500, events: 5 });
    await fillQueue(shop.app.database, { webhookId: other.id, keys: 1, events: 1 });
    await shop.call('delete', `/${id}`).expect(204);
    expect(await count(`webhook_id = '${id}'`)).toBe(2_500);
    for (const [method, rest] of [
      ['get', ''],
      ['get', '/deliveries'],
      ['delete', ''],
      ['post', '/secret'],
    ] as const)
      await shop.call(method, `/${id}${rest}`).expect(404);
    const { body } = await shop.call('get', '');
    expect(body.items.map((webhook: { id: string }) => webhook.id)).toEqual([other.id]);
    await shop.tell(seen('one', 1));
    expect(await count(`webhook_id = '${id}'`)).toBe(2_500);
    const [delivering, clearing] = [shop.deliver(), shop.clear()];
    await eventually(
      () => select('SELECT id FROM webhooks'),
      ({ length }) => length === 1,
    );
    await awaitAllDelivered();
    await delivering.stop();
    await clearing.stop();
    expect(await count('TRUE')).toBe(2);
    expect(shop.receiver.calls).toHaveLength(2);
  });

  test('ends them in parts when it is disabled, and sends those that are left when it is enabled', async () => {
    const { id, url } = await shop.register();
    shop.answers.status = () => 410;
    await fillQueue(shop.app.database, { webhookId: id, keys: 5, events: 500 });
    const delivering = shop.deliver();
    await eventually(
      () => shop.call('get', `/${id}`),
      ({ body }) => body.status === 'disabled',
    );
    await delivering.stop();
    expect(await left()).toBe(2_500);
    const clearing = shop.clear();
    await eventually(left, (pending) => pending < 2_500);
    await clearing.stop();
    expect(await left()).toBeGreaterThanOrEqual(500);
    await change(`UPDATE webhook_deliveries SET due_at = NOW(3) WHERE attempts > 0`);
    shop.answers.status = () => 204;
    shop.receiver.calls.length = 0;
    await shop.call('put', `/${id}`, { body: { url } }).expect(200);
    const again = shop.deliver();
    await eventually(
      () => Promise.resolve(shop.received()),
      ({ length }) => length >= 20,
    );
    await again.stop();
    for (const sequences of Object.values(receivedByKey()))
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });
});
