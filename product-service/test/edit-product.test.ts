import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultsOf } from './helpers/faults.ts';
import {
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
  teapot,
} from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let admin: Person;
let stranger: Person;
let customer: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  admin = app.person('admin');
  stranger = app.person('seller');
  customer = app.person();
});
afterAll(() => app.stop());

const get = (id: string, by?: Person) => {
  const sent = app.request.get(`/api/v1/products/${id}`);
  return by ? sent.set('Authorization', by.bearer) : sent;
};

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

  test.each(['id', 'sellerId', 'version', 'stock', 'deletedAt', 'initialStock'])(
    'takes no %s',
    async (field) => {
      const body = { ...teapot, [field]: 5 };
      for (const method of ['put', 'patch'] as const) {
        expect(faultsOf(await edit(product.id, { method, tag: '*', body }).expect(400))).toEqual([
          `/${field}`,
        ]);
      }
    },
  );

  test.each(['1', '"1', 'W/1', '"1" "2"', 'abc'])('does not take %s for an If-Match', async (tag) => {
    expect(faultsOf(await edit(product.id, { tag, body: {} }).expect(400))).toEqual(['If-Match']);
  });

  test('is made on the version that was read, and answers the next', async () => {
    const { id } = await app.create(seller);
    const put = await edit(id, {
      method: 'put',
      tag: '"1"',
      body: { name: 'Jug', description: '', price: teapot.price },
    }).expect(200);
    expect(put.body).toMatchObject({ name: 'Jug', description: '', version: 2 });
    expect(put.get('ETag')).toBe((await get(id, seller)).get('ETag'));
    expect(put.get('ETag')).toMatch(/^"2-/);
    const listed = await edit(id, {
      tag: '"1", W/"2"',
      body: { price: { amount: 5, currency: 'EUR' } },
    }).expect(200);
    expect(listed.body).toMatchObject({ name: 'Jug', price: { amount: 5, currency: 'EUR' }, version: 3 });
    const weak = await edit(id, { tag: 'W/"3"', body: { name: 'Mug' } }).expect(200);
    expect(weak.body).toMatchObject({ name: 'Mug', version: 4 });
    const any = await edit(id, { tag: '*', by: admin, body: { description: 'By an admin' } }).expect(200);
    expect(any.body).toMatchObject({ description: 'By an admin', version: 5, sellerId: seller.id });
    expect((await get(id, seller)).body).toEqual(any.body);
  });

  test('leaves out nothing in a PUT', async () => {
    expect(
      faultsOf(await edit(product.id, { method: 'put', tag: '"1"', body: { name: 'Jug' } }).expect(400)),
    ).toEqual(['/description', '/price']);
  });

  test('of an old version learns what it is now and what changed since', async () => {
    const { id } = await app.create(seller);
    await edit(id, { tag: '"1"', body: { name: 'Jug', description: teapot.description } }).expect(200);
    await edit(id, { tag: '"2"', body: { price: { amount: 1, currency: 'EUR' } } }).expect(200);
    await edit(id, {
      method: 'put',
      tag: '"3"',
      body: { name: 'Jug', description: 'New', price: { amount: 1, currency: 'EUR' } },
    }).expect(200);
    const current = (await get(id, seller)).body;
    const changedSince = async (tag: string): Promise<string[]> => {
      const answer = await edit(id, { tag, body: { name: 'Late' } }).expect(412);
      expect(answer.body).toMatchObject({ code: 'version-conflict', current });
      expect(answer.get('ETag')).toMatch(/^"4-/);
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
      expect((await get(id, by).expect(200)).body).toMatchObject({
        version: 2,
        deletedAt: expect.any(String),
      });
      await inventory(by).expect(200);
    }
    const listed = await app.request
      .get(`/api/v1/products?ids=${id}`)
      .set('Authorization', seller.bearer)
      .expect(200);
    expect(listed.body.items).toEqual([]);

    await restore(id, customer, '"2"').expect(403);
    await restore(id, seller, '"1"').expect(412);
    const back = await restore(id, seller, '"2"').expect(200);
    expect(back.body).toMatchObject({ id, version: 3, deletedAt: null });
    expect(back.get('ETag')).toMatch(/^"3-/);
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
