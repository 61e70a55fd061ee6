import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { expectExactStock } from './helpers/invariants.ts';
import {
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
} from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let stranger: Person;
let admin: Person;
let customer: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  stranger = app.person('seller');
  admin = app.person('admin');
  customer = app.person();
});
afterEach(() => expectExactStock(app.database));
afterAll(() => app.stop());

const inventory = (id: string, by?: Person) => {
  const sent = app.request.get(`/api/v1/products/${id}/inventory`);
  return by ? sent.set('Authorization', by.bearer) : sent;
};
const ledger = (id: string, by: Person, query: Record<string, string | number> = {}) =>
  app.request.get(`/api/v1/products/${id}/inventory/ledger`).query(query).set('Authorization', by.bearer);
const found = (delta: number) => ({ delta, reason: 'Found' });

async function hold({ id }: Product, quantity: number): Promise<string> {
  const orderId = uuidv7();
  await app.hold(orderId, [{ productId: id, quantity }]).expect(201);
  return orderId;
}

describe('the inventory', () => {
  test('shows everybody what is available, and all of it to owner and admins', async () => {
    const product = await app.create(seller, { initialStock: 9 });
    await hold(product, 4);
    const outside = { productId: product.id, available: 5 };
    for (const by of [undefined, customer, stranger]) {
      expect((await inventory(product.id, by).expect(200)).body).toEqual(outside);
    }
    for (const by of [seller, admin]) {
      expect((await inventory(product.id, by).expect(200)).body).toEqual({
        ...outside,
        onHand: 9,
        reserved: 4,
      });
    }
  });

  test('is 404 for no product, 400 for no id, 401 for a broken token', async () => {
    await inventory(nobodysId).expect(404);
    await inventory('1').expect(400);
    await inventory(nobodysId).set('Authorization', 'Bearer x.y.z').expect(401);
  });
});

describe('the ledger', () => {
  test('tells every change, newest first, page by page', async () => {
    const product = await app.create(seller, { initialStock: 10 });
    const orderId = await hold(product, 3);
    await app.move(orderId, 'commit').expect(200);
    await app
      .move(orderId, 'return', { returnId: uuidv7(), items: [{ productId: product.id, quantity: 1 }] })
      .expect(200);
    const released = await hold(product, 2);
    await app.move(released, 'release').expect(200);
    await app.adjust(seller, product.id, found(5)).expect(201);
    const entries: { kind: string; onHandDelta: number; reservedDelta: number; orderId: string | null }[] =
      [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await ledger(product.id, admin, { limit: 2, ...(cursor && { cursor }) }).expect(200);
      entries.push(...body.items);
      cursor = body.nextCursor as string | null;
    }
    expect(
      entries.map((entry) => [entry.kind, entry.onHandDelta, entry.reservedDelta, entry.orderId]),
    ).toEqual([
      ['adjustment', 5, 0, null],
      ['release', 0, -2, released],
      ['hold', 0, 2, released],
      ['return', 1, 0, orderId],
      ['commit', -3, -3, orderId],
      ['hold', 0, 3, orderId],
      ['initial', 10, 0, null],
    ]);
  });

  test('is there for owner and admins', async () => {
    const { id } = await app.create(seller);
    expect((await ledger(id, seller).expect(200)).body).toEqual({ items: [], nextCursor: null });
    expect((await ledger(id, stranger).expect(403)).body.code).toBe('not-owner');
    await ledger(id, customer).expect(403);
    await ledger(nobodysId, seller).expect(404);
    await ledger(id, seller, { limit: 0 }).expect(400);
    await ledger(id, seller, { cursor: 'x' }).expect(400);
    await ledger(id, seller, { offset: 1 }).expect(400);
  });
});

describe('the database itself', () => {
  const refused = expect.objectContaining({ parent: expect.objectContaining({ errno: expect.any(Number) }) });

  test.each(['on_hand = -1', 'reserved = on_hand + 1', 'reserved = -1', 'on_hand = reserved - 1'])(
    'refuses %s',
    async (assignment) => {
      const product = await app.create(seller, { initialStock: 5 });
      await hold(product, 2);
      const sql = `UPDATE stock SET ${assignment} WHERE product_id = :id`;
      await expect(app.database.change(sql, { id: product.id })).rejects.toEqual(refused);
      await expect(app.database.change(sql, { id: product.id })).rejects.toThrow(/stock_never_oversold/);
    },
  );

  test('refuses a return of more than was sold, and a status that nobody knows', async () => {
    const product = await app.create(seller, { initialStock: 5 });
    const orderId = await hold(product, 2);
    const tooMany = 'UPDATE reservation_items SET returned_quantity = 3 WHERE order_id = :orderId';
    await expect(app.database.change(tooMany, { orderId })).rejects.toThrow(/reservation_items_returned/);
    const unknown = "UPDATE reservations SET status = 'lost' WHERE order_id = :orderId";
    await expect(app.database.change(unknown, { orderId })).rejects.toThrow(/reservations_status/);
  });
});
