import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { type ReachedStack, reachStack } from './helpers/run-stack.ts';
import { type Inventory, type Order, type Person, type Product, Shop, shipTo } from './helpers/shop.ts';

let stack: ReachedStack;
let shop: Shop;
let seller: Person;
let buyer: Person;
let product: Product;

beforeAll(async () => {
  stack = await reachStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
  product = await shop.offer(seller, 20);
});
afterAll(() => stack.remove());

it('leads from a product list to an order and back', async () => {
  const list = await shop.call<{ items: Product[] }>('GET', '/products?inStock=true&limit=1');
  expect(list.body.items.map(({ id }) => id)).toEqual([product.id]);
  expect(list.headers.get('x-request-id')).toMatch(/^[\w.-]+$/);

  const placed = await shop.order(buyer, [[product, 3]]);
  expect(placed.status).toBe(201);
  expect(placed.headers.get('location')).toBe(`/api/v1/orders/${placed.body.id}`);
  expect(placed.body).toMatchObject({ status: 'awaiting_payment', total: { amount: 5997, currency: 'EUR' } });

  const sold = await shop.call<Order>('GET', `/orders/${placed.body.id}`, { token: seller.token });
  expect(sold.body.items).toHaveLength(1);
  const stranger = await shop.register();
  expect((await shop.call('GET', `/orders/${placed.body.id}`, { token: stranger.token })).status).toBe(404);

  const body = { reason: 'too many lamps' };
  const cancelled = await shop.call<Order>('POST', `/orders/${placed.body.id}/cancel`, {
    token: buyer.token,
    body,
  });
  expect(cancelled.body.status).toBe('cancelled');
  expect(await shop.inventory(seller, product)).toMatchObject({ available: 20, reserved: 0 });
});

it('shows its documents without a foreign host', async () => {
  const document = (await (await fetch(`${stack.url}/api/v1/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/api/v1/auth/login', '/api/v1/products', '/api/v1/orders']),
  );
  const page = await fetch(`${stack.url}/docs`);
  expect(page.status).toBe(200);
  expect(await page.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(await (await fetch(`${stack.url}/docs/problems`)).text()).toContain('id="insufficient-stock"');
});

it.each([
  '/internal/v1/reservations/x',
  '/api/v1/../../internal/v1',
  '/metrics',
  '/livez',
  '/readyz',
  '/.env',
])('has no door to %s', async (path) => {
  const { hostname, port } = new URL(stack.url);
  // fetch would tidy the path up before it sends it.
  const status = await new Promise((resolve, reject) => {
    request({ hostname, port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(status).toBe(404);
});

describe('bad input', () => {
  const line = (): object => ({ productId: product.id, quantity: 1 });
  const order = (change: object): string => JSON.stringify({ items: [line()], shipTo, ...change });
  const bodies: [string, () => string, number, string[]][] = [
    ['no body', () => '', 400, ['']],
    ['no JSON', () => '{"items":', 400, ['']],
    ['JSON 10,000 levels deep', () => '['.repeat(10_000) + ']'.repeat(10_000), 400, ['']],
    ['an unknown field', () => order({ status: 'paid' }), 400, ['/status']],
    ['quantity 0', () => order({ items: [{ ...line(), quantity: 0 }] }), 400, ['/items/0/quantity']],
    ['quantity -1', () => order({ items: [{ ...line(), quantity: -1 }] }), 400, ['/items/0/quantity']],
    ['quantity 1.5', () => order({ items: [{ ...line(), quantity: 1.5 }] }), 400, ['/items/0/quantity']],
    ['quantity 2^53', () => order({ items: [{ ...line(), quantity: 2 ** 53 }] }), 400, ['/items/0/quantity']],
    [
      'quantity 1e309',
      () => order({}).replace('"quantity":1', '"quantity":1e309'),
      400,
      ['/items/0/quantity'],
    ],
    [
      'an ill-formed id',
      () => order({ items: [{ productId: 'x', quantity: 1 }] }),
      400,
      ['/items/0/productId'],
    ],
    ['no lines', () => order({ items: [] }), 400, ['/items']],
    ['1,001 lines', () => order({ items: Array.from({ length: 1001 }, line) }), 400, ['/items']],
    ['three faults', () => order({ items: 'x', shipTo: 7, note: 1 }), 400, ['/items', '/shipTo', '/note']],
    ['over 1 MB', () => order({ note: 'x'.repeat(1_100_000) }), 413, []],
  ];

  it.each(bodies)('refuses an order with %s, naming every fault', async (_what, body, status, pointers) => {
    const answer = await fetch(`${shop.url}/orders`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${buyer.token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'never used for a good order',
      },
      body: body(),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    const problem = (await answer.json()) as { errors?: { pointer: string }[] };
    // A place may have two faults: 2^53 is neither a safe integer nor at most 100,000.
    expect([...new Set((problem.errors ?? []).map(({ pointer }) => pointer))]).toEqual(pointers);
  });

  it.each([
    ['text/plain', { 'Content-Type': 'text/plain' }, 415],
    ['a header of 10 kB', { 'Content-Type': 'application/json', 'X-Long': 'x'.repeat(10_000) }, 431],
  ])('refuses an order with %s', async (_what, headers, status) => {
    const authorization = { Authorization: `Bearer ${buyer.token}` };
    const answer = await fetch(`${shop.url}/orders`, {
      method: 'POST',
      headers: { ...headers, ...authorization },
      body: order({}),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
  });

  it.each(['/products?cursor=nonsense', '/products/no-id', '/products?limit=0', '/products?colour=red'])(
    'refuses GET %s',
    async (path) => {
      expect((await shop.call<{ code: string }>('GET', path)).body.code).toBe('validation-failed');
    },
  );

  it('has changed nothing by all that', async () => {
    const orders = await shop.call<{ items: Order[] }>('GET', '/orders', { token: buyer.token });
    expect(orders.body.items).toHaveLength(1);
    const inventory: Inventory = await shop.inventory(seller, product);
    expect(inventory).toMatchObject({ available: 20, reserved: 0 });
  });
});
