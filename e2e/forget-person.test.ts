import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { databaseNames } from '../scripts/audit/databases.ts';
import { asRoot } from '../scripts/prove/query-databases.ts';
import { findText } from '../testing/find-text.ts';
import { eventTransport as transport } from './helpers/event-transport.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Order, type Person, type Product, Shop } from './helpers/shop.ts';
import { type Receipt, WebhookReceiver } from './helpers/webhook-receiver.ts';

let receiver: WebhookReceiver;
let stack: TestStack;
let shop: Shop;
let adminToken: string;
let seller: Person;

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
  await shop.call('POST', '/webhooks', { token: adminToken, body: { url: receiver.url } });
  seller = await shop.registerSeller(stack.admin);
});
afterAll(async () => {
  await stack.remove();
  await receiver.close();
});

const planted = {
  email: 'Zenobia.Quill@Example.org',
  password: 'a password for tests',
  displayName: 'Zenobia Quill',
  phone: '+31 71 9988776655',
};
const home = {
  name: 'Zenobia Quill',
  line1: '7 Plover Mews',
  city: 'Quillhaven',
  country: 'NL',
  phone: '9988776655',
};
/** The number is so long that no id or digest has it by chance. */
const words = ['zenobia', 'quill', '9988776655', 'plover', 'parchment'];

const find = (): Promise<string[]> =>
  asRoot(stack.database, (query) => findText(query, databaseNames, words));

/** What is seen once it is as hoped for, or after a while: events arrive a moment later, and not everywhere at once. */
async function lookUntil<T>(look: () => T | Promise<T>, isHoped: (seen: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (isHoped(seen) || performance.now() > giveUpAt) return seen;
    await sleep(250);
  }
}

/** Where something is left, but for what may be. */
function awaitForgotten(but?: string): Promise<string[]> {
  const look = async (): Promise<string[]> =>
    (await find()).filter((place) => but === undefined || !place.startsWith(but));
  return lookUntil(look, ({ length }) => length === 0);
}

/** What everybody is answered who asks for a product of theirs. */
function awaitWithdrawn({ id }: Product): Promise<number> {
  const look = async (): Promise<number> => (await shop.call('GET', `/products/${id}`)).status;
  return lookUntil(look, (status) => status === 404);
}

/** What an outsider is told of it. */
async function awaitFarewell({ id }: Person): Promise<object | undefined> {
  const isFarewell = ({ event }: Receipt): boolean =>
    event.subject === id && event.type === 'customer.deleted';
  const look = (): Receipt | undefined => receiver.receipts.find(isFarewell);
  return (await lookUntil(look, (receipt) => receipt !== undefined))?.event.data;
}

async function register(): Promise<Person> {
  const { status, body } = await shop.call<{ user: { id: string }; accessToken: string }>(
    'POST',
    '/auth/register',
    { body: planted },
  );
  expect(status).toBe(201);
  return { id: body.user.id, email: planted.email, token: body.accessToken };
}

const order = (buyer: Person, product: Product, fields: object = {}) =>
  shop.call<Order>('POST', '/orders', {
    token: buyer.token,
    headers: { 'Idempotency-Key': randomUUID() },
    body: {
      items: [{ productId: product.id, quantity: 1 }],
      shipTo: home,
      billTo: home,
      note: 'Ring twice for Zenobia.',
      ...fields,
    },
  });

const cancel = (token: string, orderId: string) =>
  shop.call('POST', `/orders/${orderId}/cancel`, { token, body: { reason: 'Zenobia has one already.' } });

async function deleteAccount({ token }: Person): Promise<void> {
  const { headers } = await shop.call('GET', '/users/me', { token });
  const known = { 'If-Match': headers.get('etag') ?? '' };
  expect((await shop.call('DELETE', '/users/me', { token, headers: known })).status).toBe(204);
}

const asAdmin = (): Person => ({ id: '', email: '', token: adminToken });

/** A seller with a profile and a product of their own. */
async function startSelling(person: Person): Promise<Product> {
  // As a code from their mailbox would.
  await asRoot(stack.database, (query) =>
    query(`UPDATE authDB.users SET email_verified = TRUE WHERE id = '${person.id}'`),
  );
  const body = { displayName: 'Quill & Co', about: 'Parchment of all kinds.' };
  const made = await shop.call('POST', '/users/me/seller-profile', { token: person.token, body });
  expect(made.status).toBe(201);
  return shop.offer({ ...person, token: await shop.logIn(planted.email, planted.password) }, 3);
}

it('leaves no name, e-mail address, phone or street of somebody who deletes their account', async () => {
  const product = await shop.offer(seller, 10);
  const person = await register();
  await shop.call('POST', '/users/me/addresses', { token: person.token, body: home });
  const own = await startSelling(person);
  const cancelled = (await order(person, product)).body;
  expect((await cancel(person.token, cancelled.id)).status).toBe(200);
  const refused = await order(person, product, { items: [{ productId: product.id, quantity: 99 }] });
  expect(refused.body.code).toBe('insufficient-stock');
  const paid = (await order(person, product, { payment: { method: 'card', token: 'tok_ok' } })).body;
  await shop.awaitStatus(person, paid.id, 'paid');
  expect((await cancel(person.token, paid.id)).status).toBe(202);
  const refunded = await shop.awaitStatus(person, paid.id, 'refunded');
  const stock = await shop.awaitStock(seller, product, { available: 10, onHand: 10 });
  expect(await find()).not.toEqual([]);

  await deleteAccount(person);

  expect(await awaitForgotten()).toEqual([]);
  const after = await shop.readOrder(asAdmin(), paid.id);
  expect({ total: after.total, items: after.items, status: after.status }).toEqual({
    total: refunded.total,
    items: refunded.items,
    status: 'refunded',
  });
  expect(await shop.inventory(seller, product)).toEqual(stock);
  expect(await awaitWithdrawn(own)).toBe(404);
  expect((await shop.call('GET', `/sellers/${person.id}`)).status).toBe(404);
  expect(await awaitFarewell(person)).toEqual({ customerId: person.id });
});

it('keeps the address of an order that is on its way, until it is at its end', async () => {
  const product = await shop.offer(seller, 1);
  const person = await register();
  const open = (await order(person, product)).body;
  await deleteAccount(person);
  expect(await awaitForgotten('ordersDB.orders.')).toEqual([]);
  expect(await shop.readOrder(asAdmin(), open.id)).toMatchObject({ shipTo: home });
  expect((await cancel(adminToken, open.id)).status).toBe(200);
  expect(await awaitForgotten()).toEqual([]);
});

it('leaves a shop in which the audit finds nothing', async () => {
  const { status, body } = await shop.call<{ findings: { breaches: number }[] }>('GET', '/audit', {
    token: adminToken,
  });
  expect(status).toBe(200);
  expect(body.findings.filter(({ breaches }) => breaches > 0)).toEqual([]);
});
