import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot, type Query } from '../../scripts/prove/query-databases.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { fillDeliveries } from '../helpers/fill-deliveries.ts';
import { processSeconds } from '../helpers/process-time.ts';
import { openSilentReceiver, type SilentReceiver } from '../helpers/silent-receiver.ts';
import { WebhookReceiver } from '../helpers/webhook-receiver.ts';

let healthy: WebhookReceiver;
let silent: SilentReceiver;
let ground: FaultGround;
let adminToken: string;
let deadPort: number;

beforeAll(async () => {
  healthy = await WebhookReceiver.open();
  silent = await openSilentReceiver();
  const closed = await openSilentReceiver();
  deadPort = closed.port;
  await closed.close();
  const ports = [healthy.port, silent.port, deadPort];
  const hosts = { WEBHOOK_TRUSTED_HOSTS: ports.map((port) => `127.0.0.1:${port}`).join() };
  ground = await openGround({
    settings: { 'auth-service': { BCRYPT_COST: '4' }, 'order-service': hosts, 'order-worker': hosts },
  });
  const { shop, stack } = ground;
  adminToken = await shop.logIn(stack.admin.email, stack.admin.password);
});
afterAll(async () => {
  await ground.close();
  await healthy.close();
  await silent.close();
});

async function registerWebhook(url: string, types: string[]): Promise<string> {
  const body = { url, types };
  const made = await ground.shop.call<{ id: string }>('POST', '/webhooks', { token: adminToken, body });
  expect(made.status).toBe(201);
  return made.body.id;
}

const inDatabase = <T>(work: (query: Query) => Promise<T>): Promise<T> => asRoot(ground.stack.database, work);
const worst = (values: readonly number[]): number => Math.max(...values);

/** Milliseconds from an event to its arrival at the healthy receiver, of people who register one after the other. */
async function lags(people: number): Promise<number[]> {
  healthy.receipts.length = 0;
  for (let count = 0; count < people; count += 1) {
    await ground.shop.register();
    await sleep(100);
  }
  const giveUpAt = performance.now() + 15_000;
  while (healthy.receipts.length < people && performance.now() < giveUpAt) await sleep(20);
  expect(healthy.receipts).toHaveLength(people);
  return healthy.receipts.map(({ lagMs }) => lagMs);
}

it('delays no receiver while 20 hang and another one is gone with 200,000 deliveries', async () => {
  const { shop, seller } = ground;
  await registerWebhook(healthy.url, ['customer.created']);
  const alone = await lags(50);
  const dead = await registerWebhook(`http://127.0.0.1:${deadPort}/`, ['payment.*']);
  await inDatabase((query) => fillDeliveries(query, { webhookId: dead, thousands: 200, perKey: 4 }));
  for (let count = 0; count < 20; count += 1) await registerWebhook(silent.url, ['product.*', 'stock.*']);
  for (let count = 0; count < 20; count += 1) await shop.offer(seller, 5);
  const giveUpAt = performance.now() + 15_000;
  while (silent.waiting() < 200 && performance.now() < giveUpAt) await sleep(20);
  const hanging = silent.waiting();
  const beside = await lags(100);
  console.log(
    `An event arrived after at most ${worst(alone)} ms alone, and ${worst(beside)} ms beside ${hanging} hanging deliveries.`,
  );
  expect(hanging).toBeGreaterThanOrEqual(200);
  expect(worst(beside)).toBeLessThan(worst(alone) + 1_000);
});

/** Processor seconds that the idle database uses in 30 s with two workers. */
async function idleSeconds(): Promise<number> {
  const { pid } = ground.stack.database.process;
  if (pid === null) throw new Error('The database does not run.');
  const before = processSeconds(pid);
  await sleep(30_000);
  return processSeconds(pid) - before;
}

it('leaves the idle database as idle with 200,000 deliveries for a dead receiver as with 1,000', async () => {
  await inDatabase(async (query) => {
    await query('DELETE FROM ordersDB.webhooks');
    await query('OPTIMIZE TABLE ordersDB.webhook_deliveries');
  });
  const dead = await registerWebhook(`http://127.0.0.1:${deadPort}/`, ['payment.*']);
  await inDatabase((query) => fillDeliveries(query, { webhookId: dead, thousands: 1, perKey: 4 }));
  await sleep(10_000);
  const few = await idleSeconds();
  await inDatabase((query) => fillDeliveries(query, { webhookId: dead, thousands: 199, perKey: 4 }));
  // The purge of old row versions ends first.
  await sleep(20_000);
  const many = await idleSeconds();
  console.log(
    `The idle database used ${few.toFixed(2)} s of 30 s with 1,000 and ${many.toFixed(2)} s with 200,000.`,
  );
  expect(many).toBeLessThan(1.5 * few);
});

it('deletes a webhook with 1,000,000 deliveries within a second, and its rows in the background', async () => {
  const { shop } = ground;
  const webhookId = await registerWebhook(`http://127.0.0.1:${deadPort}/`, ['payment.*']);
  await inDatabase((query) => fillDeliveries(query, { webhookId, thousands: 1_000, perKey: 4 }));
  const startedAt = performance.now();
  const { status } = await shop.call('DELETE', `/webhooks/${webhookId}`, { token: adminToken });
  const deletedMs = performance.now() - startedAt;
  expect(status).toBe(204);
  expect((await shop.call('GET', `/webhooks/${webhookId}`, { token: adminToken })).status).toBe(404);
  const rows = `SELECT COUNT(*) AS count FROM ordersDB.webhooks WHERE id = '${webhookId}'`;
  const giveUpAt = performance.now() + 600_000;
  await inDatabase(async (query) => {
    while (Number((await query<{ count: number }>(rows))[0]?.count) > 0) {
      if (performance.now() > giveUpAt) throw new Error('The webhook is still there after ten minutes.');
      await sleep(500);
    }
  });
  const goneSeconds = (performance.now() - startedAt) / 1_000;
  console.log(`Deleted after ${deletedMs.toFixed(0)} ms, its rows after ${goneSeconds.toFixed(0)} s.`);
  expect(deletedMs).toBeLessThan(1_000);
}, 900_000);
