import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { eventually, somebody } from './helpers/order-app.ts';
import { seen, signatureOf, startWebhookApp, type WebhookApp } from './helpers/webhook-app.ts';

let shop: WebhookApp;
beforeAll(async () => {
  shop = await startWebhookApp();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

async function awaitReceived(count: number): Promise<string[]> {
  return eventually(
    () => Promise.resolve(shop.received()),
    (received) => received.length >= count,
  );
}

interface DeliveryRow {
  status: string;
  attempts: number;
  last_status: number | null;
  seconds: number;
}

const deliveries = () =>
  shop.app.database.select<DeliveryRow>(
    `SELECT status, attempts, last_status, TIMESTAMPDIFF(MICROSECOND, NOW(3), due_at) / 1000000 AS seconds
       FROM webhook_deliveries ORDER BY position`,
  );
const attempted = (count: number) => eventually(deliveries, ([first]) => first?.attempts === count);
const makeDue = () =>
  shop.app.database.change(
    `UPDATE webhook_deliveries SET due_at = NOW(3), next_at = NOW(3) WHERE status = 'pending'`,
    {},
  );

describe('administrators', () => {
  test('register, read, change and delete', async () => {
    const made = await shop.register({ types: ['order.paid'] });
    expect(made).toMatchObject({ types: ['order.paid'], status: 'active', version: 1 });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret: _secret, ...shown } = made;
    const read = await shop.call('get', `/${made.id}`).expect(200).expect('ETag', '"1"');
    expect(read.body).toEqual(shown);
    await shop.call('get', `/${made.id}`).set('If-None-Match', '"1"').expect(304);
    expect((await shop.call('get', '').expect(200)).body).toEqual({ items: [shown], nextCursor: null });
    const changed = await shop
      .call('put', `/${made.id}`, { body: { url: `${shop.receiver.url}/other` }, ifMatch: '"1"' })
      .expect(200);
    expect(changed.body).toMatchObject({ url: `${shop.receiver.url}/other`, types: null, version: 2 });
    const stale = await shop.call('delete', `/${made.id}`, { ifMatch: '"1"' }).expect(412);
    expect(stale.body).toMatchObject({ changedFields: ['url', 'types'], current: changed.body });
    await shop.call('delete', `/${made.id}`, { ifMatch: '"2"' }).expect(204);
    await shop.call('get', `/${made.id}`).expect(404);
  });

  test('see the secret once, and never in a cache', async () => {
    const { id, secret } = await shop.register();
    const { body, headers } = await shop.call('post', `/${id}/secret`).expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.secret).not.toBe(secret);
    await shop.call('post', `/${id}/secret`, { ifMatch: '"1"' }).expect(412);
  });

  test('are the only ones', async () => {
    for (const person of [somebody(), somebody('seller')])
      await shop.app.request.get('/api/v1/webhooks').set('Authorization', person.bearer).expect(403);
    await shop.app.request.get('/api/v1/webhooks').expect(401);
  });

  test.each(['http://127.0.0.1:9/', 'https://[::1]/', 'https://169.254.169.254/', 'ftp://example.com/'])(
    'cannot register %s',
    async (url) => {
      const { body } = await shop.call('post', '', { body: { url } }).expect(400);
      expect(body.errors).toEqual([{ pointer: '/url', message: expect.any(String) }]);
    },
  );
});

describe('types of events', () => {
  const fault = (pointer: string, message: string) => ({
    pointer,
    message: expect.stringContaining(message),
  });

  test.each([
    [['order.payed'], [fault('/types/0', 'the nearest is order.paid')]],
    [
      ['order.paid', 'Customer.deleted', 'a.b'],
      [fault('/types/1', 'customer.deleted'), fault('/types/2', '')],
    ],
    [['order.shipped'], [fault('/types/0', 'not the type of an event')]],
    [['orders.*'], [fault('/types/0', 'the nearest is order.*')]],
    [[''], [fault('/types/0', '')]],
    [[7], [fault('/types/0', '')]],
    [['order.paid', 'stock.changed', 'order.paid'], [fault('/types/2', 'stands in the list already')]],
    [['*', '*'], [fault('/types/1', 'stands in the list already')]],
    [[], [fault('/types', '')]],
  ])('%j are refused', async (types, errors) => {
    const body = { url: `${shop.receiver.url}/hook`, types };
    expect((await shop.call('post', '', { body }).expect(400)).body.errors).toEqual(errors);
    const { id } = await shop.register();
    expect((await shop.call('put', `/${id}`, { body }).expect(400)).body.errors).toEqual(errors);
  });

  test('are given one by one, by their kind or all at once', async () => {
    const hooks = await Promise.all(
      [['order.paid'], ['product.*', 'stock.changed'], ['*'], null].map((types) => shop.register({ types })),
    );
    expect((await shop.call('get', `/${hooks[1]!.id}`)).body.types).toEqual(['product.*', 'stock.changed']);
    await shop.tell(
      seen('one', 1, 'product.created'),
      seen('one', 2, 'product.changed'),
      seen('two', 1, 'stock.changed'),
      seen('three', 1, 'order.paid'),
    );
    const queued = await Promise.all(
      hooks.map(async ({ id }) => {
        const { body } = await shop.call('get', `/${id}/deliveries`);
        return (body.items as { type: string }[]).map(({ type }) => type).reverse();
      }),
    );
    const all = ['product.created', 'product.changed', 'stock.changed', 'order.paid'];
    expect(queued).toEqual([['order.paid'], all.slice(0, 3), all, all]);
  });
});

describe('an event', () => {
  test('is sent once to each who wants its type, signed with every valid secret', async () => {
    const [wanting, other] = [
      await shop.register({ types: ['product.changed'] }),
      await shop.register({ types: ['stock.*'] }),
    ];
    const { body: rotated } = await shop.call('post', `/${wanting.id}/secret`).expect(200);
    const event = seen('one', 1);
    await shop.tell(event, event);
    await shop.tell(event);
    const delivering = shop.deliver();
    await awaitReceived(1);
    await eventually(deliveries, (rows) => rows.every(({ status }) => status === 'delivered'));
    await delivering.stop();
    expect(shop.received()).toEqual(['one 1']);
    const [call] = shop.receiver.calls;
    expect(call?.body).toEqual(event);
    expect(call?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      'webhook-id': event.id,
      'webhook-signature': `${signatureOf(call!, rotated.secret)} ${signatureOf(call!, wanting.secret)}`,
    });
    expect(Math.abs(Number(call?.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(5);
    expect((await shop.call('get', `/${other.id}/deliveries`)).body.items).toEqual([]);
    expect((await shop.call('get', `/${wanting.id}/deliveries`)).body.items).toMatchObject([
      { eventId: event.id, status: 'delivered', attempts: 1, lastStatus: 204, dueAt: null },
    ]);
  });

  test('that is refused comes again after a pause that grows, and holds back those of its key only', async () => {
    const { id } = await shop.register();
    shop.answers.status = ({ subject, sequence }) => (subject === 'bad' && sequence === 1 ? 500 : 204);
    await shop.tell(seen('bad', 1), seen('bad', 2), seen('good', 1));
    const delivering = shop.deliver();
    for (const [attempt, pause] of [5, 20, 80].entries()) {
      const [refused] = await attempted(attempt + 1);
      expect(refused).toMatchObject({ status: 'pending', last_status: 500 });
      expect(Number(refused?.seconds)).toBeGreaterThan(pause * 0.8 - 2);
      expect(Number(refused?.seconds)).toBeLessThan(pause * 1.2 + 1);
      await makeDue();
    }
    // The status changes without a version, and the tag with it.
    const failing = await shop.call('get', `/${id}`).set('If-None-Match', '"1"').expect(200);
    expect(failing.body.status).toBe('failing');
    expect(failing.get('ETag')).toMatch(/^"1-/);
    shop.answers.status = () => 204;
    await makeDue();
    await eventually(deliveries, (rows) => rows.every(({ status }) => status === 'delivered'));
    await delivering.stop();
    const firsts = shop.received().filter((one) => one !== 'bad 1');
    expect(firsts).toEqual(['good 1', 'bad 2']);
    expect(shop.received().at(-1)).toBe('bad 2');
    expect((await shop.call('get', `/${id}`)).body.status).toBe('active');
  });

  test('that breaks the connection is a failure like any other', async () => {
    await shop.register();
    shop.answers.status = () => 0;
    await shop.tell(seen('one', 1));
    const delivering = shop.deliver();
    const [row] = await attempted(1);
    await delivering.stop();
    expect(row).toMatchObject({ status: 'pending', last_status: null });
  });

  test('is sent once by two workers at once, and in order for each key', async () => {
    await shop.register();
    const keys = Array.from({ length: 12 }, () => uuidv7());
    await shop.tell(...[1, 2, 3, 4, 5].flatMap((sequence) => keys.map((key) => seen(key, sequence))));
    const pool = openDatabase(shop.app.database.settings);
    const workers = [shop.deliver(), shop.deliver(pool)];
    await awaitReceived(60);
    for (const worker of workers) await worker.stop();
    await pool.close();
    const bySubject = Map.groupBy(shop.received(), (one) => one.slice(0, 36));
    const expected = keys.map((key) => [key, [1, 2, 3, 4, 5].map((sequence) => `${key} ${sequence}`)]);
    expect(Object.fromEntries(bySubject)).toEqual(Object.fromEntries(expected));
  });
});

describe('a receiver', () => {
  test.each([
    ['is gone', 410, 'failing_since'],
    ['has failed for five days', 500, 'NOW(3) - INTERVAL 121 HOUR'],
  ])('that %s is disabled, until it is replaced', async (_what, status, since) => {
    const { id, url } = await shop.register();
    shop.answers.status = () => status;
    await shop.app.database.change(`UPDATE webhooks SET failing_since = ${since}`, {});
    await shop.tell(seen('one', 1), seen('one', 2));
    const [delivering, clearing] = [shop.deliver(), shop.clear()];
    await eventually(deliveries, (rows) => rows.every((row) => row.status === 'failed'));
    expect((await shop.call('get', `/${id}`)).body.status).toBe('disabled');
    await shop.tell(seen('one', 3));
    expect(await deliveries()).toHaveLength(2);
    const { body } = await shop.call('get', `/${id}/deliveries`);
    const again = `/${id}/deliveries/${body.items[0].id}/redeliver`;
    expect((await shop.call('post', again).expect(409)).body.code).toBe('webhook-disabled');
    shop.answers.status = () => 204;
    await shop.call('put', `/${id}`, { body: { url } }).expect(200);
    await shop.call('post', again).expect(200);
    await eventually(deliveries, (rows) => rows.some((row) => row.status === 'delivered'));
    await delivering.stop();
    await clearing.stop();
  });
});
