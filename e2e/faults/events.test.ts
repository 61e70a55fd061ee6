import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessName } from '../../scripts/local/processes.ts';
import { asRoot } from '../../scripts/prove/query-databases.ts';
import { seededRandom } from '../../scripts/prove/seeded-random.ts';
import { eventTransport as transport } from '../helpers/event-transport.ts';
import { awaitAllTold, expectAllTold } from '../helpers/expect-all-told.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';
import { WebhookReceiver } from '../helpers/webhook-receiver.ts';

let receiver: WebhookReceiver;
let ground: FaultGround;
let adminToken: string;

beforeAll(async () => {
  receiver = await WebhookReceiver.open();
  const hosts = { WEBHOOK_TRUSTED_HOSTS: `127.0.0.1:${receiver.port}` };
  ground = await openGround({
    isProxied: true,
    settings: {
      'auth-service': { BCRYPT_COST: '4', ...transport.settings },
      'product-service': transport.settings,
      'order-service': { ...hosts, ...transport.settings },
      'order-worker': { ...hosts, ...transport.settings },
    },
  });
  const { shop, stack } = ground;
  adminToken = await shop.logIn(stack.admin.email, stack.admin.password);
  await shop.call('POST', '/webhooks', { token: adminToken, body: { url: receiver.url } });
});
afterAll(async () => {
  await ground.close();
  await receiver.close();
});

interface Trade {
  stop(): Promise<void>;
  /** Milliseconds that each order took. */
  readonly orderMs: number[];
}

/** Orders, edits, deletions and new accounts, one after the other in three lanes, until it is stopped. */
function trade(): Trade {
  const { shop, seller, buyer, product } = ground;
  const orderMs: number[] = [];
  let isOver = false;
  const lane = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const startedAt = performance.now();
      await shop.buy(buyer, [[product, 1]]).catch(() => undefined);
      orderMs.push(performance.now() - startedAt);
      const other = await shop.offer(seller, 3).catch(() => undefined);
      if (turn % 3 === 0) await shop.register().catch(() => undefined);
      if (other && turn % 4 === 0) {
        const headers = { 'If-Match': `"${other.version}"` };
        await shop
          .call('DELETE', `/products/${other.id}`, { token: seller.token, headers })
          .catch(() => undefined);
      }
    }
  };
  const lanes = Promise.all([lane(), lane(), lane()]);
  return {
    orderMs,
    stop: async () => {
      isOver = true;
      await lanes;
    },
  };
}

/** The receiver has met the events of each thing in their order, none left out. */
function expectOrder(): void {
  const seen = new Set<string>();
  const swapped: string[] = [];
  const last = new Map<string, number>();
  for (const { event } of receiver.receipts) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const thing = `${event.source} ${event.subject}`;
    const before = last.get(thing);
    if (before !== undefined && event.sequence !== before + 1)
      swapped.push(`${thing}: ${before}, ${event.sequence}`);
    last.set(thing, event.sequence);
  }
  expect(swapped).toEqual([]);
}

/** Nothing is wrong with the shop, as its own audit says. */
async function expectAudited(): Promise<void> {
  const { body } = await ground.shop.call<{ findings: { breaches: number }[] }>('GET', '/audit', {
    token: adminToken,
  });
  expect(body.findings.filter(({ breaches }) => breaches > 0)).toEqual([]);
}

async function awaitDelivered(): Promise<void> {
  const pending = `SELECT COUNT(*) AS count FROM ordersDB.webhook_deliveries WHERE status = 'pending'`;
  const giveUpAt = performance.now() + 60_000;
  await asRoot(ground.stack.database, async (query) => {
    while (Number((await query<{ count: number }>(pending))[0]?.count) > 0) {
      if (performance.now() > giveUpAt) throw new Error('Webhooks are still to be delivered after 60 s.');
      await sleep(100);
    }
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

it(`tells each change once and in order over ${transport.name}, whoever is killed for 60 s`, async () => {
  const { stack } = ground;
  const seed = `${Date.now() % 1_000}`;
  console.log(`Killed by seed ${seed}, over ${transport.name}.`);
  const random = seededRandom(seed);
  const names: ProcessName[] = ['order-worker', 'product-service', 'auth-service', 'order-service'];
  const trading = trade();
  for (let second = 1; second <= 60; second += 1) {
    random.pick(stack.processes[random.pick(names)]).kill('SIGKILL');
    if (second % 15 === 5) await transport.cut(ground);
    if (second % 15 === 8) await transport.restore(ground);
    await sleep(1_000);
  }
  await trading.stop();
  const seconds = await awaitAllTold(stack, performance.now());
  await awaitDelivered();
  await expectAllTold(stack);
  expectOrder();
  await expectAudited();
  noteHealed('two-relays', seconds);
});

it('loses no event while the sink is away for 60 s, and orders go on at their pace', async () => {
  const { stack } = ground;
  const usual = trade();
  await sleep(10_000);
  await usual.stop();
  await transport.cut(ground);
  const meanwhile = trade();
  await sleep(60_000);
  await meanwhile.stop();
  await transport.restore(ground);
  const seconds = await awaitAllTold(stack, performance.now());
  await awaitDelivered();
  console.log(
    `Caught up after ${seconds.toFixed(1)} s; an order took ${median(usual.orderMs).toFixed(0)} ms, meanwhile ${median(meanwhile.orderMs).toFixed(0)} ms.`,
  );
  expect(seconds).toBeLessThan(10);
  expect(median(meanwhile.orderMs)).toBeLessThan(2 * median(usual.orderMs));
  await expectAllTold(stack);
  expectOrder();
  noteHealed('sink-down', seconds);
});

it('lets an event take effect once when its acknowledgement is lost, and when its consumer dies', async () => {
  const { stack } = ground;
  await transport.swallowAnswers(ground);
  const trading = trade();
  for (let round = 0; round < 6; round += 1) {
    await sleep(2_000);
    stack.processes[transport.consumer][round % 2]?.kill('SIGKILL');
  }
  await trading.stop();
  if (transport.name === 'HTTP') await transport.restore(ground);
  const seconds = await awaitAllTold(stack, performance.now());
  await awaitDelivered();
  await expectAllTold(stack);
  expectOrder();
  noteHealed('consumer-killed', seconds);
});

it('sets a poisonous event aside, goes on, and replays it when what was wrong is mended', async () => {
  const { stack, shop } = ground;
  await asRoot(stack.database, (query) =>
    query('ALTER TABLE ordersDB.customers ADD CONSTRAINT no_poison CHECK (display_name <> BINARY "poison")'),
  );
  const poisonedAt = performance.now();
  const poisoned = await shop.call<{ user: { id: string } }>('POST', '/auth/register', {
    body: {
      email: `poison-${Date.now()}@example.com`,
      password: 'a password for tests',
      displayName: 'poison',
    },
  });
  expect(poisoned.status).toBe(201);
  const after = await shop.register();
  const seconds = await awaitAllTold(stack, poisonedAt);
  const listed = await shop.call<{ items: { id: string; service: string; event: { subject: string } }[] }>(
    'GET',
    '/dead-letters',
    { token: adminToken },
  );
  const letters = listed.body.items.filter(({ event }) => event.subject === poisoned.body.user.id);
  expect(letters).toMatchObject([{ service: 'order-service', attempts: 5, type: 'customer.created' }]);
  const [letter] = letters;
  const replay = () =>
    shop.call<{ code?: string }>('POST', `/dead-letters/${letter?.id}/replay`, { token: adminToken });
  expect((await replay()).body.code).toBe('replay-failed');
  await asRoot(stack.database, (query) => query('ALTER TABLE ordersDB.customers DROP CONSTRAINT no_poison'));
  expect((await replay()).status).toBe(200);
  await awaitDelivered();
  await expectAllTold(stack);
  expect(receiver.receipts.some(({ event }) => event.subject === after.id)).toBe(true);
  noteHealed('poisonous-event', seconds);
});
