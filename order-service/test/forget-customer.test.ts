import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { v7 as uuidv7 } from 'uuid';
import { findText } from '../../testing/find-text.ts';
import {
  basket,
  eventually,
  type OrderApp,
  type Person,
  serviceKeys,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

let app: OrderApp;
const admin = somebody('admin');
const webhookId = uuidv7();
const authorization = serviceAuthorization(
  readSigningKey(serviceKeys.keyFile('auth-service')),
  'auth-service',
  'order-service',
);

beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
  await app.database.change(
    `INSERT INTO webhooks (id, url, secret, field_versions)
     VALUES (:webhookId, 'https://example.org', 'none', '{}')`,
    { webhookId },
  );
});
afterAll(() => app.stop());

const home = {
  name: 'Zenobia Quill',
  line1: '7 Plover Mews',
  city: 'Quillhaven',
  country: 'NL',
  phone: '071 998-8776',
};
const billTo = { ...home, line1: '9 Plover Mews' };
const personal = { shipTo: home, billTo, note: 'Ring twice for Zenobia.' };
const nowhere = { name: 'deleted', line1: 'deleted', city: 'deleted', country: 'NL' };
const empty = { shipTo: nowhere, billTo: nowhere, note: null };
const words = ['zenobia', 'quill', 'plover', '9988776', '998-8776'];
const find = () => findText((sql) => app.database.select(sql), [app.database.settings.DB_NAME], words);

function eventOf(customerId: string, type: string, sequence: number, data: object = {}): object {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/auth-service/${type.split('.')[0]}s`,
    type,
    subject: customerId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: customerId,
    sequence,
    data: { customerId, ...data },
  };
}

const creation = (customerId: string): object =>
  eventOf(customerId, 'customer.created', 1, { email: 'zenobia@example.org', displayName: 'Zenobia Quill' });
const selling = (customerId: string): object =>
  eventOf(customerId, 'seller.created', 1, { sellerId: customerId, displayName: 'Quill & Co' });
const deletion = (customerId: string): object => eventOf(customerId, 'customer.deleted', 2);

const tell = (...events: object[]) =>
  app.internal.post('/internal/v1/events').set('Authorization', authorization()).send(events).expect(204);

async function place(buyer: Person, headers: Record<string, string> = {}) {
  const answer = await app.place(buyer, basket([app.products.offer()], personal), headers).expect(201);
  return answer.body as { id: string; total: object };
}
const cancel = (by: Person, orderId: string, reason = 'Zenobia has one already.') =>
  app.request
    .post(`/api/v1/orders/${orderId}/cancel`)
    .set('Authorization', by.bearer)
    .send({ reason })
    .expect(200);
const read = async (orderId: string) => (await app.get(admin, `/orders/${orderId}`).expect(200)).body;

test('orders that are over lose all that is personal, and nothing else', async () => {
  const buyer = somebody();
  await tell(creation(buyer.id), selling(buyer.id));
  const { id } = await place(buyer);
  await cancel(buyer, id);
  const before = await read(id);
  expect(await find()).not.toEqual([]);
  const tag = (await app.get(admin, `/orders/${id}`)).get('ETag') ?? '';
  await app.get(admin, `/orders/${id}`).set('If-None-Match', tag).expect(304);
  await tell(deletion(buyer.id));
  expect(await read(id)).toEqual({ ...before, ...empty });
  const after = await app.get(admin, `/orders/${id}`).set('If-None-Match', tag).expect(200);
  const erasedTag = after.get('ETag') ?? '';
  expect(erasedTag).not.toBe(tag);
  await app.get(admin, `/orders/${id}`).set('If-None-Match', erasedTag).expect(304);
  for (const known of [tag, erasedTag])
    await app.cancel(admin, id, { 'If-Match': known }).expect(200).expect('ETag', erasedTag);
  await app.cancel(admin, id, { 'If-Match': '"1"' }).expect(412).expect('ETag', erasedTag);
  expect(await find()).toEqual([]);
});

test('an order that is not over keeps its address until it is', async () => {
  const buyer = somebody();
  await tell(creation(buyer.id));
  const { id } = await place(buyer);
  await tell(deletion(buyer.id));
  expect(await read(id)).toMatchObject(personal);
  await cancel(admin, id);
  expect(await read(id)).toMatchObject({ status: 'cancelled', ...empty });
  expect(await find()).toEqual([]);
});

test('money that was given back keeps its amount, and loses its reason', async () => {
  const buyer = somebody();
  const { id, total } = await place(buyer);
  await app.pay(buyer, id).expect(201);
  await tell(deletion(buyer.id));
  await app.request
    .post(`/api/v1/orders/${id}/refunds`)
    .set({ Authorization: admin.bearer, 'Idempotency-Key': randomUUID() })
    .send({ amount: total, reason: 'Zenobia Quill has left us.' })
    .expect(({ status }) => expect([201, 202]).toContain(status));
  const running = app.resume();
  const advance = async (): Promise<string> => {
    await app.makeDue(id);
    return (await read(id)).status as string;
  };
  await eventually(advance, (status) => status === 'refunded').finally(() => running.stop());
  const sql = 'SELECT status, reason FROM refunds WHERE order_id = :id';
  const refunds = await app.database.select(sql, { id });
  expect(refunds).toEqual([{ status: 'refunded', reason: 'deleted' }]);
  expect(await read(id)).toMatchObject({ status: 'refunded', shipTo: nowhere, total });
});

test('the end of an order and the deletion of its buyer at once leave nothing', async () => {
  for (let round = 0; round < 20; round += 1) {
    const buyer = somebody();
    const { id } = await place(buyer);
    await Promise.all([cancel(buyer, id), tell(deletion(buyer.id))]);
    expect(await read(id)).toMatchObject({ status: 'cancelled', ...empty });
  }
});

test('a repeat gets the first answer, without what was personal', async () => {
  const buyer = somebody();
  const key = { 'Idempotency-Key': randomUUID() };
  const body = basket([app.products.offer()], personal);
  const first = await app.place(buyer, body, key).expect(201);
  await tell(deletion(buyer.id));
  const again = await app.place(buyer, body, key).expect(201).expect('Idempotency-Replayed', 'true');
  expect(again.body).toEqual({ ...first.body, shipTo: nowhere, billTo: null, note: null });
  await cancel(admin, again.body.id as string);
});

test.each([
  ['in one batch', (id: string) => [[creation(id), selling(id), deletion(id)]]],
  ['before the deletion', (id: string) => [[creation(id), selling(id)], [deletion(id)]]],
  ['after the deletion', (id: string) => [[deletion(id)], [selling(id), creation(id)]]],
])('no webhook is left with the name of somebody who is gone, told %s', async (_how, batches) => {
  const { id } = somebody();
  for (const events of batches(id)) await tell(...events);
  const rows = await app.database.select<{ event: string }>(
    'SELECT event FROM webhook_deliveries WHERE partition_key = :id ORDER BY position',
    { id },
  );
  expect(rows).toHaveLength(3);
  expect(rows.filter(({ event }) => /zenobia|quill/i.test(event))).toEqual([]);
});

test('somebody else keeps what is theirs', async () => {
  const [gone, stays] = [somebody(), somebody()];
  await tell(creation(stays.id));
  const { id } = await place(stays);
  await cancel(stays, id);
  await tell(deletion(gone.id));
  expect(await read(id)).toMatchObject(personal);
  await tell(deletion(stays.id));
});
