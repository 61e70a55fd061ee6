import { afterAll, expect, it } from '@jest/globals';
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
