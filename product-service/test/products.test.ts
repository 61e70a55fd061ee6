import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readStock } from './helpers/invariants.ts';
import { nobodysId, type Person, type Product, type ProductApp, startProductApp, teapot } from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let admin: Person;
let stranger: Person;
let customer: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  stranger = app.person('seller');
  admin = app.person('admin');
  customer = app.person();
});
afterAll(() => app.stop());

const get = (id: string, by?: Person) => {
  const sent = app.request.get(`/api/v1/products/${id}`);
  return by ? sent.set('Authorization', by.bearer) : sent;
};
const post = (by: Person, body: unknown) =>
  app.request.post('/api/v1/products').set('Authorization', by.bearer).send(body as object);

interface Edit {
  method?: 'put' | 'patch' | 'delete';
  by?: Person;
  tag?: string;
  body?: object;
}
const edit = (id: string, { method = 'patch', by = seller, tag, body }: Edit) =>
  app.request[method](`/api/v1/products/${id}`)
    .set({ Authorization: by.bearer, ...(tag !== undefined && { 'If-Match': tag }) })
    .send(body);
const restore = (id: string, by: Person, tag?: string) =>
  app.request
    .post(`/api/v1/products/${id}/restore`)
    .set({ Authorization: by.bearer, ...(tag !== undefined && { 'If-Match': tag }) });

interface Fault {
  pointer?: string;
  parameter?: string;
}
const faultsOf = ({ body }: { body: { errors: Fault[] } }): string[] =>
  body.errors.map(({ pointer, parameter }) => pointer ?? parameter ?? '').sort();

describe('a new product', () => {
  test('has a place, a version and its first stock', async () => {
    const answer = await post(seller, { ...teapot, initialStock: 12 }).expect(201);
    const { id } = answer.body;
    expect(answer.get('Location')).toBe(`/api/v1/products/${id}`);
    expect(answer.get('ETag')).toBe('"1"');
    expect(answer.get('Cache-Control')).toBe('private, no-cache');
    expect(answer.body).toMatchObject({ ...teapot, sellerId: seller.id, categoryId: null, version: 1, deletedAt: null });
    expect(Object.keys(answer.body)).not.toContain('stock');
    expect(await readStock(app.database, id)).toEqual({ onHand: 12, reserved: 0 });
    const shown = await app.request.get(answer.get('Location')!).expect(200);
    expect({ ...shown.body, deletedAt: null }).toEqual(answer.body);
  });

  test('is made by sellers and admins only', async () => {
    expect((await post(customer, teapot).expect(403)).body.code).toBe('forbidden');
    expect((await app.request.post('/api/v1/products').send(teapot).expect(401)).get('WWW-Authenticate')).toBe('Bearer');
    expect((await post(admin, teapot).expect(201)).body.sellerId).toBe(admin.id);
  });

  test('is refused with all its faults at once', async () => {
    const price = { amount: 1.5, currency: 'eur', tax: 19 };
    const answer = await post(seller, { name: '', price, initialStock: -1, colour: 'red' }).expect(400);
    expect(answer.body.code).toBe('validation-failed');
    const faults = ['/colour', '/description', '/initialStock', '/name', '/price/amount', '/price/currency', '/price/tax'];
    expect([...new Set(faultsOf(answer))]).toEqual(faults);
  });

  test.each(['id', 'sellerId', 'version', 'stock', 'deletedAt', 'createdAt'])('takes no %s from its sender', async (field) => {
    const answer = await post(seller, { ...teapot, [field]: nobodysId }).expect(400);
    expect(faultsOf(answer)).toEqual([`/${field}`]);
  });

  test.each([undefined, null, [], 'a string', 7])('is refused when the body is %p', async (body) => {
    const sent = app.request.post('/api/v1/products').set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
    const answer = await (body === undefined ? sent.send() : sent.send(JSON.stringify(body))).expect(400);
    expect(answer.body.code).toBe('validation-failed');
  });

  test('may refuse its body before it asks who sends it', async () => {
    const sent = () => app.request.post('/api/v1/products');
    await sent().set('Content-Type', 'text/plain').send(JSON.stringify(teapot)).expect(415);
    await sent().send({ ...teapot, description: 'x'.repeat(1_100_000) }).expect(413);
  });
});

describe('a price', () => {
  test.each([0, 1, 99_999_999_999, 100_000_000_000])('may be %d', async (amount) => {
    const { id } = await app.create(seller, { price: { amount, currency: 'GBP' } });
    expect((await get(id).expect(200)).body.price).toEqual({ amount, currency: 'GBP' });
  });

  test.each(['-1', '1.5', '100000000001', '9007199254740993', '1e309', '-1e309', '"5"', 'null', 'true', '[5]'])(
    'is never %s',
    async (amount) => {
      const body = `{"name":"x","description":"","price":{"amount":${amount},"currency":"EUR"}}`;
      const sent = app.request.post('/api/v1/products').set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
      expect(new Set(faultsOf(await sent.send(body).expect(400)))).toEqual(new Set(['/price/amount']));
    },
  );

  test.each(['eur', 'EURO', 'ZZZ', '', 'EU\u0000'])('is in no currency %p', async (currency) => {
    const faults = faultsOf(await post(seller, { ...teapot, price: { amount: 1, currency } }).expect(400));
    expect([...new Set(faults)]).toEqual(['/price/currency']);
  });
});

describe('text', () => {
  const kept = ['🫖', '👩‍👩‍👧‍👦 e\u0301 é', 'a\u0000b', '\u0000', `O'Brien "x" \\ % _ ; -- :name ? $1`, '\u202Eabc', '中'.repeat(200), '🫖'.repeat(100), '\u0001'.repeat(200), ' x '];
  test.each(kept)('%j comes back as it was sent', async (name) => {
    const { id } = await app.create(seller, { name, description: name });
    expect((await get(id).expect(200)).body).toMatchObject({ name, description: name });
    const changed = await edit(id, { tag: '"1"', body: { name: `${name.slice(0, 99)}!` } });
    expect(changed.status).toBe(name.slice(0, 99).isWellFormed() ? 200 : 400);
    const [row] = await app.database.select<{ name: string }>('SELECT name FROM products WHERE id = :id', { id });
    expect(row?.name).toBe(changed.status === 200 ? `${name.slice(0, 99)}!` : name);
  });

  test.each(['', '   ', '\ud83e', '\udd56 tea', `tea\ud83e`, 'x'.repeat(201), '🫖'.repeat(201)])('%j is refused as a name', async (name) => {
    expect([...new Set(faultsOf(await post(seller, { ...teapot, name }).expect(400)))]).toEqual(['/name']);
  });

  test('of 200 astral characters is kept whole or refused', async () => {
    const name = '🫖'.repeat(200);
    const answer = await post(seller, { ...teapot, name });
    if (answer.status === 201) expect(answer.body.name).toBe(name);
    else expect(faultsOf(answer)).toEqual(['/name']);
  });

  test('that is no UTF-8, or half a character in a field name, is refused', async () => {
    const sent = () => app.request.post('/api/v1/products').set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
    const latin1 = Buffer.from(JSON.stringify({ ...teapot, name: 'Théière' }), 'latin1').toString('binary');
    const bytes = Uint8Array.from(latin1, (character) => character.codePointAt(0)!);
    const answer = await fetch(`${app.url}/api/v1/products`, {
      method: 'POST',
      headers: { Authorization: seller.bearer, 'Content-Type': 'application/json' },
      body: bytes,
    });
    expect(answer.status).toBe(400);
    expect(faultsOf(await sent().send(`{"\\ud83e":1}`).expect(400))).toContain('/\ud83e');
  });

  test('may be 10,000 characters long in a description', async () => {
    const { id } = await app.create(seller, { description: '中'.repeat(10_000) });
    expect((await get(id)).body.description).toHaveLength(10_000);
    expect(faultsOf(await post(seller, { ...teapot, description: 'x'.repeat(10_001) }).expect(400))).toEqual(['/description']);
  });
});

describe('a product', () => {
  test('need not be sent to who knows it', async () => {
    const { id } = await app.create(seller);
    for (const tag of ['"1"', 'W/"1"', '*', '"7", W/"1"']) {
      const answer = await get(id).set('If-None-Match', tag).expect(304);
      expect({ tag: answer.get('ETag'), text: answer.text }).toEqual({ tag: '"1"', text: '' });
    }
    for (const tag of ['"2"', '1', 'W/"2"']) await get(id).set('If-None-Match', tag).expect(200);
    const head = await app.request.head(`/api/v1/products/${id}`).expect(200);
    expect(head.get('ETag')).toBe('"1"');
  });

  test('that nobody has is 404, and an ill-formed id 400', async () => {
    expect((await get(nobodysId).expect(404)).body.code).toBe('not-found');
    for (const id of ['1', 'x'.repeat(36), `${nobodysId}0`]) expect(faultsOf(await get(id).expect(400))).toEqual(['id']);
    const { id } = await app.create(seller);
    expect((await get(id.toUpperCase()).expect(200)).body.id).toBe(id);
  });

  test('answers other methods with 405 and what it knows', async () => {
    const answer = await app.request.post(`/api/v1/products/${nobodysId}`).expect(405);
    expect(answer.get('Allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'PUT']);
  });
});

describe('an edit', () => {
  let product: Product;
  beforeAll(async () => {
    product = await app.create(seller);
  });

  test('needs If-Match, also a delete and a restore', async () => {
    const body = { ...teapot };
    for (const sent of [
      edit(product.id, { method: 'put', body }),
      edit(product.id, { body: {} }),
      edit(product.id, { method: 'delete' }),
      restore(product.id, seller),
    ]) {
      expect((await sent.expect(428)).body.code).toBe('precondition-required');
    }
    expect((await get(product.id)).body.version).toBe(1);
  });

  test('refuses in one order: role, faults, absence, owner, If-Match, version', async () => {
    const bad = { colour: 'red' };
    expect((await edit(product.id, { by: customer, body: bad }).expect(403)).body.code).toBe('forbidden');
    await edit(nobodysId, { by: stranger, body: bad }).expect(400);
    await edit(nobodysId, { by: stranger, body: {} }).expect(404);
    expect((await edit(product.id, { by: stranger, body: {} }).expect(403)).body.code).toBe('not-owner');
    await edit(product.id, { by: stranger, tag: '"9"', body: {} }).expect(403);
    await edit(product.id, { body: {} }).expect(428);
    await edit(product.id, { tag: '"9"', body: {} }).expect(412);
  });

  test.each(['id', 'sellerId', 'version', 'stock', 'deletedAt', 'initialStock'])('takes no %s', async (field) => {
    const body = { ...teapot, [field]: 5 };
    for (const method of ['put', 'patch'] as const) {
      expect(faultsOf(await edit(product.id, { method, tag: '*', body }).expect(400))).toEqual([`/${field}`]);
    }
  });

  test.each(['1', '"1', 'W/1', '"1" "2"', 'abc'])('does not take %s for an If-Match', async (tag) => {
    expect(faultsOf(await edit(product.id, { tag, body: {} }).expect(400))).toEqual(['If-Match']);
  });

  test('is made on the version that was read, and answers the next', async () => {
    const { id } = await app.create(seller);
    const put = await edit(id, { method: 'put', tag: '"1"', body: { name: 'Jug', description: '', price: teapot.price } }).expect(200);
    expect(put.body).toMatchObject({ name: 'Jug', description: '', version: 2 });
    expect(put.get('ETag')).toBe('"2"');
    const listed = await edit(id, { tag: '"1", W/"2"', body: { price: { amount: 5, currency: 'EUR' } } }).expect(200);
    expect(listed.body).toMatchObject({ name: 'Jug', price: { amount: 5, currency: 'EUR' }, version: 3 });
    const weak = await edit(id, { tag: 'W/"3"', body: { name: 'Mug' } }).expect(200);
    expect(weak.body).toMatchObject({ name: 'Mug', version: 4 });
    const any = await edit(id, { tag: '*', by: admin, body: { description: 'By an admin' } }).expect(200);
    expect(any.body).toMatchObject({ description: 'By an admin', version: 5, sellerId: seller.id });
    expect((await get(id, seller)).body).toEqual(any.body);
  });

  test('leaves out nothing in a PUT', async () => {
    expect(faultsOf(await edit(product.id, { method: 'put', tag: '"1"', body: { name: 'Jug' } }).expect(400))).toEqual([
      '/description',
      '/price',
    ]);
  });

  test('of an old version learns what it is now and what changed since', async () => {
    const { id } = await app.create(seller);
    await edit(id, { tag: '"1"', body: { name: 'Jug', description: teapot.description } }).expect(200);
    await edit(id, { tag: '"2"', body: { price: { amount: 1, currency: 'EUR' } } }).expect(200);
    await edit(id, { method: 'put', tag: '"3"', body: { name: 'Jug', description: 'New', price: { amount: 1, currency: 'EUR' } } }).expect(200);
    const current = (await get(id, seller)).body;
    const changedSince = async (tag: string): Promise<string[]> => {
      const answer = await edit(id, { tag, body: { name: 'Late' } }).expect(412);
      expect(answer.body).toMatchObject({ code: 'version-conflict', current });
      expect(answer.get('ETag')).toBe('"4"');
      return (answer.body.changedFields as string[]).sort();
    };
    expect(await changedSince('"1"')).toEqual(['description', 'name', 'price']);
    expect(await changedSince('"2"')).toEqual(['description', 'price']);
    expect(await changedSince('"1", "3"')).toEqual(['description']);
    expect(await changedSince('"9"')).toEqual([]);
    expect((await get(id, seller)).body).toEqual(current);
  });

  test('of the deletion shows in what changed', async () => {
    const { id } = await app.create(seller);
    await edit(id, { method: 'delete', tag: '"1"' }).expect(204);
    const { body } = await edit(id, { tag: '"1"', body: { name: 'Late' } }).expect(412);
    expect(body).toMatchObject({ changedFields: ['deletedAt'], current: { id, version: 2 } });
    expect(body.current.deletedAt).toEqual(expect.any(String));
  });
});

describe('a deleted product', () => {
  test('is there for its owner and for admins only, until it is restored', async () => {
    const { id } = await app.create(seller, { initialStock: 3 });
    const gone = await edit(id, { method: 'delete', tag: '"1"' }).expect(204);
    expect(gone.text).toBe('');
    const inventory = (by?: Person) => {
      const sent = app.request.get(`/api/v1/products/${id}/inventory`);
      return by ? sent.set('Authorization', by.bearer) : sent;
    };
    for (const by of [undefined, customer, stranger]) {
      await get(id, by).expect(404);
      await inventory(by).expect(404);
    }
    await edit(id, { by: stranger, tag: '*', body: {} }).expect(404);
    await restore(id, stranger, '"2"').expect(404);
    for (const by of [seller, admin]) {
      expect((await get(id, by).expect(200)).body).toMatchObject({ version: 2, deletedAt: expect.any(String) });
      await inventory(by).expect(200);
    }
    const listed = await app.request.get(`/api/v1/products?ids=${id}`).set('Authorization', seller.bearer).expect(200);
    expect(listed.body.items).toEqual([]);

    await restore(id, customer, '"2"').expect(403);
    await restore(id, seller, '"1"').expect(412);
    const back = await restore(id, seller, '"2"').expect(200);
    expect(back.body).toMatchObject({ id, version: 3, deletedAt: null });
    expect(back.get('ETag')).toBe('"3"');
    expect((await get(id).expect(200)).body.version).toBe(3);
  });

  test('cannot be deleted by others', async () => {
    const { id } = await app.create(seller);
    await edit(id, { method: 'delete', by: stranger, tag: '"1"' }).expect(403);
    await edit(id, { method: 'delete', by: customer, tag: '"1"' }).expect(403);
    await edit(id, { method: 'delete', tag: '"2"' }).expect(412);
    await edit(id, { method: 'delete', by: admin, tag: '"1"' }).expect(204);
  });
});
