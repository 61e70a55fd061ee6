import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { basket, type OrderApp, type Person, shipTo, somebody, startOrderApp } from './helpers/order-app.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const missing = '01890000-0000-7000-8000-000000000000';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => app.products.comeBack());
afterAll(() => app.stop());

async function placed(buyer: Person, fields: object = {}): Promise<{ id: string; createdAt: string }> {
  return (await app.place(buyer, basket([app.products.offer()], fields)).expect(201)).body;
}

async function listed(by: Person, query: string): Promise<string[]> {
  const { body } = await app.get(by, `/orders${query}`).expect(200);
  return (body.items as { id: string }[]).map(({ id }) => id);
}

describe('an order', () => {
  test('is there for its buyer and for admins', async () => {
    const buyer = somebody();
    const order = await placed(buyer, { note: 'mine', billTo: shipTo });
    for (const reader of [buyer, somebody('admin')]) {
      const answer = await app.get(reader, `/orders/${order.id}`).expect(200);
      expect(answer.body).toEqual(order);
      expect(answer.get('ETag')).toBe('"2"');
      expect(answer.get('Cache-Control')).toBe('private, no-cache');
    }
  });

  test('of somebody else is no order at all', async () => {
    const { id } = await placed(somebody());
    for (const stranger of [somebody(), somebody('seller')]) {
      const theirs = await app.get(stranger, `/orders/${id}`).expect(404);
      const none = await app.get(stranger, `/orders/${missing}`).expect(404);
      expect({ ...theirs.body, instance: '', requestId: '' }).toEqual({
        ...none.body,
        instance: '',
        requestId: '',
      });
    }
    await app.request.get(`/api/v1/orders/${id}`).expect(401);
  });

  test('that its reader knows already is not sent again', async () => {
    const buyer = somebody();
    const { id } = await placed(buyer);
    for (const known of ['"2"', 'W/"2"', '"1", "2"', '*']) {
      const answer = await app.get(buyer, `/orders/${id}`).set('If-None-Match', known).expect(304);
      expect(answer.text).toBe('');
      expect(answer.get('ETag')).toBe('"2"');
    }
    await app.get(buyer, `/orders/${id}`).set('If-None-Match', '"1"').expect(200);
    await app.cancel(buyer, id).expect(200);
    const changed = await app.get(buyer, `/orders/${id}`).set('If-None-Match', '"2"').expect(200);
    expect(changed.get('ETag')).toBe('"3"');
  });

  test('answers HEAD as it does GET, and names its methods', async () => {
    const buyer = somebody();
    const { id } = await placed(buyer);
    const head = await app.request
      .head(`/api/v1/orders/${id}`)
      .set('Authorization', buyer.bearer)
      .expect(200);
    expect(head.get('ETag')).toBe('"2"');
    const wrong = await app.request.put(`/api/v1/orders/${id}`).expect(405);
    expect(wrong.get('Allow')).toBe('GET, HEAD, OPTIONS');
    expect((await app.request.options('/api/v1/orders').expect(204)).get('Allow')).toBe(
      'POST, GET, HEAD, OPTIONS',
    );
  });
});

describe('the seller of a line', () => {
  test('reads their own lines and their sum, and nothing about money or notes of others', async () => {
    const [buyer, seller, other] = [somebody(), somebody('seller'), somebody('seller')];
    const lamp = app.products.offer({ sellerId: seller.id });
    const desk = app.products.offer({ sellerId: other.id, name: 'Desk', price: eur(500) });
    const items = [lamp, desk, lamp].map(({ id }, index) => ({ productId: id, quantity: index + 1 }));
    const note = 'a secret';
    const { body: order } = await app.place(buyer, { items, shipTo, billTo: shipTo, note }).expect(201);
    const sellers = await app.get(seller, `/orders/${order.id}`).expect(200);
    expect(sellers.body).toEqual({
      ...order,
      items: [order.items[0], order.items[2]],
      total: eur(1999 * 4),
      billTo: null,
      note: null,
    });
    expect((await app.get(other, `/orders/${order.id}`).expect(200)).body).toMatchObject({
      items: [order.items[1]],
      total: eur(1000),
    });
    expect(await listed(seller, '')).toEqual([]);
    await app.cancel(seller, order.id).expect(404);
  });

  test('has a tag of their own view, and no other view is 304 to them', async () => {
    const [buyer, seller, other] = [somebody(), somebody('seller'), somebody('seller')];
    const offers = [seller, other].map(({ id: sellerId }) => app.products.offer({ sellerId }));
    const { body: order } = await app.place(buyer, basket(offers)).expect(201);
    const read = (by: Person) => app.get(by, `/orders/${order.id}`);
    const readers = [buyer, seller, other];
    const tags: string[] = [];
    for (const by of readers) tags.push((await read(by).expect(200)).get('ETag') ?? '');
    expect(tags).toEqual(['"2"', expect.stringMatching(/^"2-/), expect.stringMatching(/^"2-/)]);
    for (const [index, tag] of tags.entries())
      for (const by of readers) {
        const answer = await read(by)
          .set('If-None-Match', tag)
          .expect(by === readers[index] ? 304 : 200);
        expect(answer.get('Vary')).toBe('Authorization');
        expect(answer.get('ETag')).toBe(tags[readers.indexOf(by)]);
      }
    await read(somebody('admin')).set('If-None-Match', '"2"').expect(304);
  });

  test('reads what they are short of, not what others are', async () => {
    const [buyer, seller] = [somebody(), somebody('seller')];
    const lamp = app.products.offer({ sellerId: seller.id, available: 0 });
    const desk = app.products.offer({ available: 0 });
    const { body: problem } = await app.place(buyer, basket([lamp, desk])).expect(409);
    expect(problem.short).toHaveLength(2);
    await app.get(seller, `/orders/${problem.orderId}`).expect(404);
    // Who sells a line is known from its hold only, so a refused order has no sellers; this plants one.
    await app.database.change('UPDATE order_items SET seller_id = :sellerId WHERE product_id = :id', lamp);
    const { body } = await app.get(seller, `/orders/${problem.orderId}`).expect(200);
    expect(body).toMatchObject({
      items: [{ productId: lamp.id }],
      total: null,
      rejection: { code: 'insufficient-stock', short: [{ productId: lamp.id, requested: 1, available: 0 }] },
    });
    expect(body.rejection.short).toHaveLength(1);
  });

  test('does not see an order that is only wished for', async () => {
    const seller = somebody('seller');
    app.products.goAway();
    const lamp = app.products.offer({ sellerId: seller.id });
    const { body } = await app.place(somebody(), basket([lamp])).expect(202);
    await app.get(seller, `/orders/${body.id}`).expect(404);
  });
});

describe('the list of orders', () => {
  test('has one’s own, newest first; for an admin all', async () => {
    const [ada, bob] = [somebody(), somebody()];
    const first = await placed(ada);
    const foreign = await placed(bob);
    const second = await placed(ada);
    const { body } = await app.get(ada, '/orders').expect(200);
    expect(body).toEqual({ items: [second, first], nextCursor: null });
    expect(await listed(somebody('admin'), '?limit=3')).toEqual([second.id, foreign.id, first.id]);
    expect(await listed(somebody(), '')).toEqual([]);
  });

  test('can be asked for a status', async () => {
    const buyer = somebody();
    const held = await placed(buyer);
    const cancelled = await placed(buyer);
    await app.cancel(buyer, cancelled.id).expect(200);
    expect(await listed(buyer, '?status=awaiting_payment')).toEqual([held.id]);
    expect(await listed(buyer, '?status=cancelled')).toEqual([cancelled.id]);
    expect(await listed(buyer, '?status=paid')).toEqual([]);
  });

  test('can be asked for a span of time: from its first moment, up to its last', async () => {
    const buyer = somebody();
    const ids: string[] = [];
    for (const createdAt of [
      '2026-03-01 00:00:00.000',
      '2026-03-01 00:00:00.001',
      '2026-03-02 00:00:00.000',
    ]) {
      const { id } = await placed(buyer);
      await app.database.change('UPDATE orders SET created_at = :createdAt WHERE id = :id', {
        createdAt,
        id,
      });
      ids.push(id);
    }
    const [first, second, third] = ids;
    expect(await listed(buyer, '?from=2026-03-01T00:00:00.001Z')).toEqual([third, second]);
    expect(await listed(buyer, '?to=2026-03-02T00:00:00Z')).toEqual([second, first]);
    const span = 'from=2026-03-01T01:00:00%2B01:00&to=2026-03-01T00:00:00.001Z';
    expect(await listed(buyer, `?${span}`)).toEqual([first]);
    expect(await listed(buyer, `?${span}&status=cancelled`)).toEqual([]);
  });

  test('is read page by page without a gap, while new orders come in', async () => {
    const buyer = somebody();
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.unshift((await placed(buyer)).id);
    const seen: string[][] = [];
    let cursor = '';
    do {
      const { body } = await app.get(buyer, `/orders?limit=3${cursor}`).expect(200);
      seen.push((body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      await placed(buyer);
    } while (cursor !== '');
    expect(seen.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(seen.flat()).toEqual(ids);
  });

  test('ends with a page that is full to the brim', async () => {
    const buyer = somebody();
    for (let count = 0; count < 2; count += 1) await placed(buyer);
    expect((await app.get(buyer, '/orders?limit=2').expect(200)).body).toMatchObject({ nextCursor: null });
    expect((await app.get(buyer, '/orders?limit=1').expect(200)).body.nextCursor).toEqual(expect.any(String));
  });

  test('shows nobody else’s orders behind a foreign cursor', async () => {
    const [ada, bob] = [somebody(), somebody()];
    await placed(ada);
    await placed(bob);
    await placed(ada);
    const { body } = await app.get(ada, '/orders?limit=1').expect(200);
    for (const id of await listed(bob, `?cursor=${body.nextCursor}`)) {
      expect((await app.get(bob, `/orders/${id}`).expect(200)).body.buyerId).toBe(bob.id);
    }
  });
});
