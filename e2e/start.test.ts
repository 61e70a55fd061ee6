import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from '../scripts/local/free-port.ts';
import { copyCheckout } from './helpers/copy-checkout.ts';
import { loopbacks } from '../scripts/local/loopback.ts';
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

it('names every setting that a process would refuse at once, and starts nothing', async () => {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'tradepost-'));
  const refused = runStack({
    dataDirectory,
    replicas: 1,
    admin: { email: 'boss@-example.org', password: 'qwertyuiop' },
    settings: {
      'auth-service': { BCRYPT_COST: '40' },
      'order-service': { PAYMENT_WINDOW_MINUTES: '0' },
      'order-worker': { PAYMENT_WINDOW_MINUTES: '0' },
      'payment-simulator': { OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' },
    },
    door: { corsOrigins: ['*'] },
  });
  const { message } = (await refused.catch((error: unknown) => error)) as Error;
  expect(message).toMatch(/ADMIN_EMAIL: must be an e-mail address.+[(]auth-service[)]/);
  expect(message).toContain('ADMIN_PASSWORD: is one of the most common passwords (auth-service)');
  expect(message).toMatch(/BCRYPT_COST: .+[(]auth-service[)]/);
  expect(message).toMatch(/PAYMENT_WINDOW_MINUTES: .+[(]order-service, order-worker[)]/);
  expect(message).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT: .+[(]payment-simulator[)]/);
  expect(message).toMatch(/CORS_ORIGINS: holds [*]; .+[(]Nginx[)]/);
  expect(message).not.toContain('qwertyuiop');
  expect(await readdir(dataDirectory)).not.toContain('database');
  await rm(dataDirectory, { recursive: true });
});

it('speaks HTTPS at each address with a certificate of its own making', async () => {
  const stack = await start({ tls: true, replicas: 1 });
  expect(stack.url).toMatch(/^https:/);
  const { port } = new URL(stack.url);
  for (const host of [...loopbacks.map((address) => address.replace('::1', '[::1]')), 'localhost']) {
    const answer = await fetch(`https://${host}:${port}/api/v1/products`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  }
  const redirect = { redirect: 'manual' } as const;
  const plain = await fetch(`${stack.url.replace('https', 'http')}/api/v1/products`, redirect);
  expect(plain.status).toBe(307);
  await stack.stop();
});

it('starts in a checkout whose path means something to a shell, a server or Nginx', async () => {
  const copy = await copyCheckout(`a b$c"d'e;f%41\u00e9\u738b#?(x)[y]{z}&!\`u\`~|<>`);
  const [port = 0] = await freePorts(1);
  const args = ['start', '--', '--port', `${port}`, '--replicas', '1'];
  const started = spawn('npm', args, {
    cwd: copy.directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(started, 'exit');
  let said = '';
  try {
    await new Promise<void>((resolve) => {
      const listen = (text: string): void => {
        said += text;
        if (said.includes('loading demo data')) resolve();
      };
      for (const output of [started.stdout, started.stderr]) output.setEncoding('utf8').on('data', listen);
      void exit.then(() => resolve());
    });
    expect(said).toContain('loading demo data');
    const statuses = ['/docs/problems', '/api/v1/products'].map(
      async (where) => (await fetch(`http://127.0.0.1:${port}${where}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200]);
  } finally {
    if (started.pid !== undefined && started.exitCode === null) process.kill(-started.pid, 'SIGINT');
    await exit;
    await copy.remove();
  }
  expect(said).toContain('stopped; the data stays');
});
