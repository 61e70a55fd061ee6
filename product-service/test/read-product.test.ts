import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultsOf } from './helpers/faults.ts';
import { nobodysId, type Person, type ProductApp, startProductApp } from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterAll(() => app.stop());

const get = (id: string) => app.request.get(`/api/v1/products/${id}`);

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

  test('has one tag for the public, and one for those who see more', async () => {
    const { id } = await app.create(seller);
    const read = (by?: Person) => (by ? get(id).set('Authorization', by.bearer) : get(id));
    const readers = [undefined, app.person(), app.person('seller'), seller, app.person('admin')];
    const tags: string[] = [];
    for (const by of readers)
      tags.push((await read(by).expect(200).expect('Vary', 'Authorization')).get('ETag') ?? '');
    const [inside] = tags.slice(-1);
    expect(tags).toEqual(['"1"', '"1"', '"1"', inside, inside]);
    expect(inside).toMatch(/^"1-/);
    for (const [index, by] of readers.entries())
      for (const tag of ['"1"', `${inside}`])
        await read(by)
          .set('If-None-Match', tag)
          .expect(tag === tags[index] ? 304 : 200);
    for (const [edits, tag] of ['"1"', `${inside}`].entries())
      await app.request
        .patch(`/api/v1/products/${id}`)
        .set({ Authorization: seller.bearer, 'If-Match': tag.replace('1', `${edits + 1}`) })
        .send({ description: tag })
        .expect(200);
  });

  test('that nobody has is 404, and an ill-formed id 400', async () => {
    expect((await get(nobodysId).expect(404)).body.code).toBe('not-found');
    for (const id of ['1', 'x'.repeat(36), `${nobodysId}0`])
      expect(faultsOf(await get(id).expect(400))).toEqual(['id']);
    const { id } = await app.create(seller);
    expect((await get(id.toUpperCase()).expect(200)).body.id).toBe(id);
  });

  test('answers other methods with 405 and what it knows', async () => {
    const answer = await app.request.post(`/api/v1/products/${nobodysId}`).expect(405);
    expect(answer.get('Allow')?.split(', ').sort()).toEqual([
      'DELETE',
      'GET',
      'HEAD',
      'OPTIONS',
      'PATCH',
      'PUT',
    ]);
  });
});
