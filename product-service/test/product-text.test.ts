import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultsOf } from './helpers/faults.ts';
import { type Person, type ProductApp, startProductApp, teapot } from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterAll(() => app.stop());

const post = (by: Person, body: object) =>
  app.request.post('/api/v1/products').set('Authorization', by.bearer).send(body);

const get = (id: string) => app.request.get(`/api/v1/products/${id}`);

const rename = (id: string, name: string) =>
  app.request
    .patch(`/api/v1/products/${id}`)
    .set({ Authorization: seller.bearer, 'If-Match': '"1"' })
    .send({ name });

describe('text', () => {
  const kept = [
    '🫖',
    '👩‍👩‍👧‍👦 e\u0301 é',
    `O'Brien "x" \\ % _ ; -- :name ? $1`,
    '\u202Eabc',
    '中'.repeat(200),
    '🫖'.repeat(100),
    `${'\u0001'.repeat(199)}a`,
    ' x ',
  ];
  test.each(kept)('%j comes back as it was sent', async (name) => {
    const { id } = await app.create(seller, { name, description: name });
    expect((await get(id).expect(200)).body).toMatchObject({ name, description: name });
    const changed = await rename(id, `${name.slice(0, 99)}!`);
    expect(changed.status).toBe(name.slice(0, 99).isWellFormed() ? 200 : 400);
    const [row] = await app.database.select<{ name: string }>('SELECT name FROM products WHERE id = :id', {
      id,
    });
    expect(row?.name).toBe(changed.status === 200 ? `${name.slice(0, 99)}!` : name);
  });

  test.each(['\u200b', '\u2800', '\u3164', '\u00ad\ufe0f', '\u0301', '\u0000', 'a\u0000b'])(
    '%j is refused as a name, new and changed',
    async (name) => {
      expect(faultsOf(await post(seller, { ...teapot, name }).expect(400))).toEqual(['/name']);
      const { id } = await app.create(seller);
      expect(faultsOf(await rename(id, name).expect(400))).toEqual(['/name']);
    },
  );

  test.each(['a\u0000b', '\ud83e tea'])('%j is refused in a description and in a search', async (value) => {
    const refused = await post(seller, { ...teapot, description: value }).expect(400);
    expect(faultsOf(refused)).toEqual(['/description']);
    // A query is UTF-8, which cannot hold half of a surrogate pair.
    if (value.isWellFormed())
      expect(faultsOf(await app.request.get('/api/v1/products').query({ q: value }).expect(400))).toEqual([
        'q',
      ]);
  });

  test.each(['', '   ', '\ud83e', '\udd56 tea', `tea\ud83e`, 'x'.repeat(201), '🫖'.repeat(201)])(
    '%j is refused as a name',
    async (name) => {
      expect(faultsOf(await post(seller, { ...teapot, name }).expect(400))).toEqual(['/name']);
    },
  );

  test('of 200 astral characters is kept whole or refused', async () => {
    const name = '🫖'.repeat(200);
    const answer = await post(seller, { ...teapot, name });
    if (answer.status === 201) expect(answer.body.name).toBe(name);
    else expect(faultsOf(answer)).toEqual(['/name']);
  });

  test('that is no UTF-8, or half a character in a field name, is refused', async () => {
    const sent = () =>
      app.request
        .post('/api/v1/products')
        .set({ Authorization: seller.bearer, 'Content-Type': 'application/json' });
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
    expect(faultsOf(await post(seller, { ...teapot, description: 'x'.repeat(10_001) }).expect(400))).toEqual([
      '/description',
    ]);
  });
});
