import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { auditProducts } from '../src/audit/audit-products.ts';
import { withdrawProducts } from '../src/products/withdraw-products.ts';
import { type Person, type ProductApp, startProductApp } from './helpers/product-app.ts';

let app: ProductApp;
beforeAll(async () => {
  app = await startProductApp();
});
afterAll(() => app.stop());

const deletionOf = (customerId: string, sequence = 1): object => ({
  specversion: '1.0',
  id: uuidv7(),
  source: '/auth-service/customers',
  type: 'customer.deleted',
  subject: customerId,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  partitionkey: customerId,
  sequence,
  data: { customerId },
});

const tell = (...events: object[]) =>
  app.internal.post('/internal/v1/events').set('Authorization', app.serviceBearer).send(events).expect(204);
const read = (productId: string, by?: Person) => {
  const asked = app.request.get(`/api/v1/products/${productId}`);
  return by ? asked.set('Authorization', by.bearer) : asked;
};

async function readTold(productId: string): Promise<[string, number][]> {
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :productId
        AND JSON_VALUE(event, '$.type') LIKE 'product.%' ORDER BY position`,
    { productId },
  );
  return rows.map(({ event }) => {
    const { type, sequence } = JSON.parse(event) as { type: string; sequence: number };
    return [type, sequence];
  });
}

test('products of somebody who is gone are sold no more, each as by one edit', async () => {
  const [seller, other, admin] = [app.person('seller'), app.person('seller'), app.person('admin')];
  const mine = [await app.create(seller, { initialStock: 5 }), await app.create(seller)];
  const theirs = await app.create(other);
  await tell(deletionOf(seller.id));
  for (const { id } of mine) {
    await read(id).expect(404);
    const { body } = await read(id, admin).expect(200);
    expect(body).toMatchObject({ version: 2, deletedAt: expect.any(String) });
    expect(await readTold(id)).toEqual([
      ['product.created', 1],
      ['product.deleted', 2],
    ]);
  }
  await read(theirs.id).expect(200);
  const found = await auditProducts({ database: app.database });
  expect(found.filter(({ breaches }) => breaches > 0)).toEqual([]);
});

test('what is deleted already stays as it is, and an event that comes again does nothing', async () => {
  const seller = app.person('seller');
  const [{ id: gone }, { id }] = [await app.create(seller), await app.create(seller)];
  await app.request
    .delete(`/api/v1/products/${gone}`)
    .set({ Authorization: seller.bearer, 'If-Match': '"1"' })
    .expect(204);
  const event = deletionOf(seller.id);
  await tell(event);
  await tell(event, event);
  expect(await readTold(gone)).toEqual([
    ['product.created', 1],
    ['product.deleted', 2],
  ]);
  expect(await readTold(id)).toEqual([
    ['product.created', 1],
    ['product.deleted', 2],
  ]);
});

test('an edit at the moment of the withdrawal comes before it, or finds another version', async () => {
  const [seller, admin] = [app.person('seller'), app.person('admin')];
  const database = openDatabase(app.database.settings);
  const edit = (productId: string) =>
    app.request
      .patch(`/api/v1/products/${productId}`)
      .set({ Authorization: seller.bearer, 'If-Match': '"1"' })
      .send({ name: 'A new name' });
  for (let round = 0; round < 20; round += 1) {
    const { id } = await app.create(seller);
    const event = deletionOf(seller.id) as CloudEvent;
    const [{ status }] = await Promise.all([
      edit(id),
      database.transaction((tx) => withdrawProducts({ database }, tx, event)),
    ]);
    expect([200, 412]).toContain(status);
    const versions = status === 200 ? [1, 2, 3] : [1, 2];
    expect((await readTold(id)).map(([, sequence]) => sequence)).toEqual(versions);
    const { body } = await read(id, admin).expect(200);
    expect(body).toMatchObject({ version: versions.length, deletedAt: expect.any(String) });
  }
  await database.close();
});

test('what orders hold of them is theirs, and can still be sold', async () => {
  const [seller, admin] = [app.person('seller'), app.person('admin')];
  const { id: productId } = await app.create(seller, { initialStock: 5 });
  const [held, late] = [uuidv7(), uuidv7()];
  await app.hold(held, [{ productId, quantity: 2 }]).expect(201);
  await tell(deletionOf(seller.id));
  await app.hold(late, [{ productId, quantity: 1 }]).expect(404);
  await app.move(held, 'commit').expect(200);
  const { body } = await app.request
    .get(`/api/v1/products/${productId}/inventory`)
    .set('Authorization', admin.bearer)
    .expect(200);
  expect(body).toMatchObject({ onHand: 3, reserved: 0 });
});

test('an event about a person that was set aside loses what was personal', async () => {
  const customerId = uuidv7();
  const data = { customerId, displayName: 'Ada' };
  const event = { ...deletionOf(customerId), type: 'customer.changed', data };
  await app.database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     VALUES (UUID(), :eventId, '', '', 'customer.changed', :event, 'Ada', 5)`,
    { eventId: uuidv7(), event: JSON.stringify(event) },
  );
  await tell(deletionOf(customerId, 2));
  const [letter] = await app.database.select<{ event: string; error: string }>(
    `SELECT event, error FROM dead_letters WHERE JSON_VALUE(event, '$.subject') = :customerId`,
    { customerId },
  );
  expect(JSON.parse(letter?.event ?? '').data).toEqual({ customerId });
  expect(letter?.error).not.toContain('Ada');
});
