import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultsOf } from './helpers/faults.ts';
import { nobodysId, type ProductApp, startProductApp } from './helpers/product-app.ts';

let app: ProductApp;
beforeAll(async () => {
  app = await startProductApp();
  const seller = app.person('seller');
  for (let count = 0; count < 3; count += 1) await app.create(seller);
});
afterAll(() => app.stop());

const sorts = ['newest', 'price', '-price', 'name'];
const list = (query: Record<string, string | number>) => app.request.get('/api/v1/products').query(query);

describe('a list refuses', () => {
  const encode = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');
  test.each([0, -1, 101, 1.5, 'x', '', '1e9', 1_000_000_000])('limit %j', async (limit) => {
    expect(faultsOf(await list({ limit }).expect(400))).toEqual(['limit']);
  });

  test('a cursor of another order', async () => {
    const { body } = await list({ sort: 'price', limit: 1 }).expect(200);
    for (const sort of ['newest', '-price', 'name']) {
      expect(faultsOf(await list({ sort, cursor: body.nextCursor }).expect(400))).toEqual(['cursor']);
    }
    expect(faultsOf(await list({ cursor: body.nextCursor }).expect(400))).toEqual(['cursor']);
    const found = await list({ q: 'teapot', limit: 1 }).expect(200);
    await list({ q: 'teapot', sort: 'relevance', cursor: found.body.nextCursor }).expect(200);
    const newest = { q: 'teapot', sort: 'newest', cursor: found.body.nextCursor };
    expect(faultsOf(await list(newest).expect(400))).toEqual(['cursor']);
  });

  test.each(
    [
      [
        '',
        'x',
        '%%%',
        encode(null),
        encode([]),
        encode(['newest', null, 'x']),
        encode(['newest', null]),
        'A'.repeat(3000),
      ],
      [
        encode(['price', 'abc', nobodysId]),
        encode(['price', null, nobodysId]),
        encode(['price', 1.5, nobodysId]),
      ],
      [encode(['relevance', 5, nobodysId]), encode(['relevance', 1.5, nobodysId])],
      [encode(['name', 5, nobodysId]), encode(['name', null, nobodysId]), encode(['boss', null, nobodysId])],
    ].flat(),
  )('cursor %j', async (cursor) => {
    for (const sort of sorts) expect(faultsOf(await list({ sort, cursor }).expect(400))).toEqual(['cursor']);
    expect(faultsOf(await list({ q: 'teapot', cursor }).expect(400))).toEqual(['cursor']);
  });

  test('relevance without a search', async () => {
    expect(faultsOf(await list({ sort: 'relevance' }).expect(400))).toEqual(['sort']);
  });

  test('what no list knows, all faults at once', async () => {
    const answer = await list({
      ids: 'x',
      inStock: 'yes',
      minPrice: -1,
      offset: 3,
      sort: 'id; DROP TABLE products',
      seller: 1,
      category: 'x',
      q: '',
    }).expect(400);
    expect(faultsOf(answer)).toEqual([
      'category',
      'ids',
      'inStock',
      'minPrice',
      'offset',
      'q',
      'seller',
      'sort',
    ]);
  });

  test('a parameter sent twice', async () => {
    expect(faultsOf(await app.request.get('/api/v1/products?limit=1&limit=2').expect(400))).toEqual([
      'limit',
    ]);
    await app.request.get('/api/v1/products?seller[]=1').expect(400);
  });
});
