import { afterAll, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { awaitReady } from './helpers/await-ready.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Order, Shop } from './helpers/shop.ts';

const stacks: TestStack[] = [];
async function start(options: Parameters<typeof runStack>[0]): Promise<TestStack> {
  const stack = await runStack(options);
  stacks.push(stack);
  return stack;
}
// Whatever a failed test has left running stops here.
afterAll(async () => {
  for (const stack of stacks) await stack.remove();
});

it('finds its data again at the next start', async () => {
  const first = await start({});
  const shop = new Shop(first.url);
  const seller = await shop.registerSeller(first.admin);
  const buyer = await shop.register();
  const product = await shop.offer(seller, 5);
  const placed = await shop.order(buyer, [[product, 2]]);
  expect(placed).toMatchObject({ status: 201 });
  await first.stop();

  const startedAt = performance.now();
  const second = await start({ dataDirectory: first.dataPath });
  // Eight seconds on a machine that does nothing else; tests share theirs.
  expect(performance.now() - startedAt).toBeLessThan(16_000);
  const again = new Shop(second.url);
  const token = await again.logIn(buyer.email);
  const { body } = await again.call<Order>('GET', `/orders/${placed.body.id}`, { token });
  expect(body).toMatchObject({ status: 'awaiting_payment', total: { amount: 3998 } });
  expect(await again.inventory({ ...seller, token: await again.logIn(seller.email) }, product)).toMatchObject(
    {
      onHand: 5,
      reserved: 2,
    },
  );
});

it('speaks HTTPS with a certificate of its own making', async () => {
  const stack = await start({ tls: true, replicas: 1 });
  expect(stack.url).toMatch(/^https:/);
  const answer = await fetch(`${stack.url}/api/v1/products`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  const redirect = { redirect: 'manual' } as const;
  const plain = await fetch(`${stack.url.replace('https', 'http')}/api/v1/products`, redirect);
  expect(plain.status).toBe(307);
  await stack.stop();
});

const databases = {
  authDB: 'auth-service',
  productsDB: 'product-service',
  ordersDB: 'order-service',
  paymentsDB: 'payment-simulator',
};

const countFiles = (folder: string): number =>
  readdirSync(path.join(import.meta.dirname, '..', folder, 'migrations')).length;

async function emptyDatabases(root: Connection): Promise<void> {
  for (const name of Object.keys(databases)) {
    await root.query(`DROP DATABASE ${name}`);
    await root.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }
}

async function count(root: Connection, sql: string): Promise<number> {
  const [rows] = await root.query<RowDataPacket[]>(sql);
  return Number(rows[0]?.count);
}

it('starts three replicas of each service at once on empty databases, five times', async () => {
  const stack = await start({ replicas: 3 });
  const root = await stack.database.connectAsRoot();
  const replicas = Object.values(stack.processes).flat();
  try {
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await emptyDatabases(root);
      replicas.forEach((replica) => replica.start());
      await Promise.all(replicas.map(awaitReady));
      for (const [name, folder] of Object.entries(databases)) {
        const applied = `SELECT COUNT(*) AS count FROM ${name}.schema_migrations WHERE applied_at IS NOT NULL`;
        expect([name, await count(root, applied)]).toEqual([name, countFiles(folder)]);
      }
      expect(await count(root, 'SELECT COUNT(*) AS count FROM authDB.signing_keys')).toBe(1);
      expect(await count(root, 'SELECT COUNT(*) AS count FROM authDB.users')).toBe(1);
    }
    expect(replicas.map(({ deaths }) => deaths)).toEqual(replicas.map(() => 0));
  } finally {
    await root.end();
  }
}, 300_000);
