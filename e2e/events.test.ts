import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventTransport as transport } from './helpers/event-transport.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Person, Shop } from './helpers/shop.ts';
import { isSigned, WebhookReceiver } from './helpers/webhook-receiver.ts';

let receiver: WebhookReceiver;
let stack: TestStack;
let shop: Shop;
let adminToken: string;
let webhook: { id: string; secret: string };
let seller: Person;
let buyer: Person;

beforeAll(async () => {
  receiver = await WebhookReceiver.open();
  const hosts = { WEBHOOK_TRUSTED_HOSTS: `127.0.0.1:${receiver.port}` };
  stack = await runStack({
    settings: {
      'auth-service': { BCRYPT_COST: '4', ...transport.settings },
      'product-service': transport.settings,
      'order-service': { ...hosts, ...transport.settings },
      'order-worker': { ...hosts, ...transport.settings },
    },
  });
  shop = new Shop(stack.url);
  adminToken = await shop.logIn(stack.admin.email, stack.admin.password);
  const made = await shop.call<typeof webhook>('POST', '/webhooks', {
    token: adminToken,
    body: { url: receiver.url },
  });
  expect(made.status).toBe(201);
  webhook = made.body;
  seller = await shop.registerSeller(stack.admin);
  buyer = await shop.register();
});
afterAll(async () => {
  await stack.remove();
  await receiver.close();
});

/** The types that were told about one thing, in the order in which they came. */
async function awaitTypes(subject: string, count: number): Promise<string[]> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    const types = receiver.receipts
      .filter(({ event }) => event.subject === subject)
      .map(({ event }) => event.type);
    if (types.length >= count || performance.now() > giveUpAt) return types;
    await sleep(20);
  }
}

describe('a webhook', () => {
  it('tells an outsider all that happens to an order, in its order and signed', async () => {
    const product = await shop.offer(seller, 5);
    const { body: order } = await shop.buy(buyer, [[product, 2]]);
    expect(await awaitTypes(order.id, 4)).toEqual([
      'order.created',
      'order.awaiting_payment',
      'order.paying',
      'order.paid',
    ]);
    const stockEvents = await awaitTypes(product.id, 4);
    expect(stockEvents).toEqual(['product.created', 'stock.changed', 'stock.changed', 'stock.changed']);
    const told = receiver.receipts.filter(({ event }) => event.subject === order.id);
    expect(told.every((receipt) => isSigned(receipt, webhook.secret))).toBe(true);
    expect(told.map(({ event }) => event.sequence)).toEqual([1, 2, 3, 4]);
    expect(told.at(-1)?.event).toMatchObject({
      source: '/order-service/orders',
      partitionkey: order.id,
      data: { orderId: order.id, buyerId: buyer.id, status: 'paid', total: order.total },
    });
  });

  it('tells of people without more than has changed', async () => {
    const { body, headers } = await shop.call<{ version: number }>('GET', '/users/me', {
      token: buyer.token,
    });
    const etag = headers.get('ETag') ?? '';
    await shop.call('PATCH', '/users/me', {
      token: buyer.token,
      headers: { 'If-Match': etag },
      body: { phone: '+49 30 1234567' },
    });
    expect(await awaitTypes(buyer.id, body.version + 1)).toEqual(['customer.created', 'customer.changed']);
    const [, changed] = receiver.receipts.filter(({ event }) => event.subject === buyer.id);
    expect(changed?.event.data).toEqual({ customerId: buyer.id, changedFields: ['phone'] });
    expect(changed?.body).not.toContain('1234567');
  });

  it('signs with the old secret, too, after a new one was made', async () => {
    const path = `/webhooks/${webhook.id}/secret`;
    const rotated = await shop.call<{ secret: string }>('POST', path, { token: adminToken });
    expect(rotated.status).toBe(200);
    const { id } = await shop.register();
    await awaitTypes(id, 1);
    const [receipt] = receiver.receipts.filter(({ event }) => event.subject === id);
    expect(isSigned(receipt!, webhook.secret)).toBe(true);
    expect(isSigned(receipt!, rotated.body.secret)).toBe(true);
    expect(rotated.body.secret).not.toBe(webhook.secret);
  });

  it('is sent again when the receiver fails, and on demand', async () => {
    receiver.status = 500;
    const { id } = await shop.register();
    await sleep(1_000);
    receiver.status = 204;
    expect(receiver.receipts.filter(({ event }) => event.subject === id)).toEqual([]);
    const path = `/webhooks/${webhook.id}/deliveries`;
    const { body } = await shop.call<{ items: { id: string; eventId: string; status: string }[] }>(
      'GET',
      path,
      {
        token: adminToken,
      },
    );
    const [latest] = body.items;
    expect(latest).toMatchObject({ status: 'pending', attempts: 1, lastStatus: 500 });
    const again = await shop.call('POST', `${path}/${latest?.id}/redeliver`, { token: adminToken });
    expect(again.status).toBe(200);
    expect(await awaitTypes(id, 1)).toEqual(['customer.created']);
  });

  it.each([
    'http://127.0.0.1:1/',
    'https://localhost/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3/',
    'https://0x7f000001/',
    'http://example.com/',
    'https://user:secret@example.com/',
    'ftp://example.com/',
  ])('is not registered for %s', async (url) => {
    const refused = await shop.call<{ code: string }>('POST', '/webhooks', {
      token: adminToken,
      body: { url },
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'validation-failed']);
  });
});
