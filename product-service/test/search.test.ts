import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { fillWords } from '../src/search/fill-words.ts';
import { type Person, type Product, type ProductApp, startProductApp } from './helpers/product-app.ts';

jest.setTimeout(120_000);

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterAll(() => app.stop());

type Query = Record<string, string | number>;
const list = (query: Query) => app.request.get('/api/v1/products').query(query);
async function namesOf(query: Query): Promise<string[]> {
  const { body } = await list({ limit: 100, ...query }).expect(200);
  return (body.items as Product[]).map(({ name }) => name);
}

async function walk(
  query: Query,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await list({ ...query, ...(cursor !== null && { cursor }) }).expect(200);
    ids.push(...(body.items as Product[]).map(({ id }) => id));
    cursor = body.nextCursor as string | null;
    await between();
  } while (cursor !== null);
  return ids;
}

describe('a product is found by its own name', () => {
  const names = [
    '16-07 steel bolt',
    'The Who',
    'WH_1000XM4 headphones',
    'AT&T',
    'To be or not to be',
    '4',
    'C++ in a nutshell',
    'École buissonnière',
    'Straße nach Ærø',
    'Ёлка новогодняя',
    'ชาไทยเย็น',
    'हिन्दी किताब',
    '한국어 사전',
    '東京タワー',
    'コーヒー',
    '☀️Sunscreen',
    '100 % cotton \\ "x" _',
    `${'Donaudampfschifffahrts'.repeat(8)}kapitän`,
    `${'ก'.repeat(60)}ข`,
    `${'ก'.repeat(60)}ค`,
  ];
  beforeAll(async () => {
    for (const name of names) await app.create(seller, { name, description: 'Nothing more' });
  });

  test.each(names)('%j', async (name) => {
    for (const sort of ['relevance', 'newest', 'price', 'name'])
      expect(await namesOf({ q: name, sort })).toContain(name);
    expect((await namesOf({ q: name }))[0]).toBe(name);
  });

  test('and by no word that it does not have', async () => {
    expect(await namesOf({ q: `${'ก'.repeat(60)}ค` })).toEqual([`${'ก'.repeat(60)}ค`]);
    expect(await namesOf({ q: 'XM4' })).toEqual([]);
    expect(await namesOf({ q: '1000XM4 head' })).toEqual(['WH_1000XM4 headphones']);
  });

  test('AT&T finds only products that have both words', async () => {
    for (const name of ['At the table', 'Tea towel', 'Towel at ease'])
      await app.create(seller, { name, description: '' });
    expect((await namesOf({ q: 'AT&T' })).sort()).toEqual(['AT&T', 'At the table', 'Towel at ease'].sort());
  });

  test.each<[string, string]>([
    ['the', 'The Who'],
    ['4', '4'],
    ['c++', 'C++ in a nutshell'],
    ['ÉCOLE', 'École buissonnière'],
    ['ecole', 'École buissonnière'],
    ['STRASSE', ''],
    ['straß', 'Straße nach Ærø'],
    ['東京', '東京タワー'],
    ['東', '東京タワー'],
    ['"not" -be*', 'To be or not to be'],
  ])('%j finds %j', async (q, name) => {
    const found = await namesOf({ q });
    if (name === '') expect(found).toEqual([]);
    else expect(found).toContain(name);
  });

  test.each(['😀', '☀️', '!!! +-*()~"@<>', '-'])('%j has no word and finds nothing', async (q) => {
    expect((await list({ q }).expect(200)).body).toEqual({ items: [], nextCursor: null });
  });

  test('of 200 characters only the first ten words count', async () => {
    const q = `to be or not to be ${'b '.repeat(4)}${'zzz '.repeat(44)}`.slice(0, 200).trim();
    expect(await namesOf({ q })).toEqual(['To be or not to be']);
    expect(await namesOf({ q: 'x'.repeat(200) })).toEqual([]);
  });
});

describe('products of every density', () => {
  const total = 600;
  const owner = { id: '', bearer: '' };
  interface Row {
    id: string;
    name: string;
    description: string;
    price: number;
  }
  const rows: Row[] = [];

  /** As the previous version, a restored backup or SQL by hand writes them: without words. */
  async function insert(batch: readonly Row[]): Promise<void> {
    await app.database.change(
      `INSERT INTO products (id, seller_id, name, description, price_minor, currency, field_versions)
       SELECT id, :sellerId, name, description, price, 'EUR', '{}' FROM JSON_TABLE(:rows, '$[*]' COLUMNS (
         id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$.id', name VARCHAR(200) PATH '$.name',
         description VARCHAR(10000) PATH '$.description', price INT PATH '$.price')) AS made`,
      { sellerId: owner.id, rows: JSON.stringify(batch) },
    );
    await app.database.change(
      `INSERT INTO stock (product_id, on_hand) SELECT id, 1 FROM products WHERE seller_id = :sellerId
          AND NOT EXISTS (SELECT 1 FROM stock WHERE product_id = products.id)`,
      { sellerId: owner.id },
    );
  }

  beforeAll(async () => {
    Object.assign(owner, app.person('seller'));
    const start = Date.now() - 1_000_000;
    for (let index = 0; index < total; index += 1) {
      const parts = [
        index % 2 === 0 ? 'widget' : 'gadget',
        index % 50 === 0 ? 'zebra' : 'zenith',
        `n${index}`,
        ...(index % 7 === 0 ? ['the'] : []),
      ];
      if (index % 3 === 0) parts.reverse();
      const words = [
        'everywhere',
        index < 30 ? 'ancient' : 'modern',
        ...(index >= 590 ? ['latest'] : []),
        ...(index === 5 ? ['unique'] : []),
      ];
      rows.push({
        id: uuidv7({ msecs: start + index }),
        name: parts.join(index % 5 === 0 ? '-' : ' '),
        description: `The ${words.join(', ')} — widget`,
        price: index % 11,
      });
    }
    await insert(rows);
    await fillWords(app.database);
  });

  const tokens = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const starts = (text: string, q: string): boolean =>
    tokens(q).every((word) => tokens(text).some((token) => token.startsWith(word)));

  function rankOf({ name, description }: Row, q: string): number {
    if (!starts(`${name} ${description}`, q)) return 0;
    if (name === q) return 4;
    if (name.startsWith(q)) return 3;
    return starts(name, q) ? 2 : 1;
  }

  const newer = (a: Row, b: Row): number => (a.id < b.id ? 1 : -1);
  const byPrice = (a: Row, b: Row): number => b.price - a.price || newer(a, b);
  const byRank =
    (q: string) =>
    (a: Row, b: Row): number =>
      rankOf(b, q) - rankOf(a, q) || newer(a, b);
  const queries = ['everywhere', 'widget', 'the', 'z', 'zebra', 'ancient', 'unique', 'n5', 'ancient latest'];

  test.each(queries)('%j finds them all in every order, page by page', async (q) => {
    for (const [sort, compare] of Object.entries({
      relevance: byRank(q),
      newest: newer,
      '-price': byPrice,
    })) {
      const expected = rows.filter((row) => rankOf(row, q) > 0).sort(compare);
      const found = await walk({ q, sort, limit: 97, seller: owner.id });
      expect([sort, found]).toEqual([sort, expected.map(({ id }) => id)]);
    }
  });

  test.each(['widget', 'widget-zebra-n0-the', 'the n', 'gadget zenith n1'])(
    '%j comes by rank in small pages, with and without other filters',
    async (q) => {
      const own = new Set(rows.map(({ id }) => id));
      const all = rows.filter((row) => rankOf(row, q) > 0).sort(byRank(q));
      const found = await walk({ q, limit: 90 });
      expect(found.filter((id) => own.has(id))).toEqual(all.map(({ id }) => id));
      const cheap = await walk({ q, limit: 25, maxPrice: 1, inStock: 'true' });
      const expected = all.filter(({ price }) => price <= 1).map(({ id }) => id);
      expect(cheap.filter((id) => own.has(id))).toEqual(expected);
      const ids = all.slice(0, 60).map(({ id }) => id);
      expect(await walk({ q, limit: 25, ids: ids.join(',') })).toEqual(ids);
    },
  );

  test('pages by relevance show each once while products come and go', async () => {
    const own = new Set(rows.map(({ id }) => id));
    const passing: string[] = [];
    const bustle = async (): Promise<void> => {
      const batch = Array.from({ length: 50 }, (_, index) => ({
        id: uuidv7(),
        name: index % 2 === 0 ? 'widget' : 'old widget',
        description: 'everywhere',
        price: 1,
      }));
      await insert(batch);
      await fillWords(app.database);
      const gone = passing.splice(0, 25);
      if (gone.length > 0)
        await app.database.change('UPDATE products SET deleted_at = NOW(3) WHERE id IN (:gone)', { gone });
      passing.push(...batch.map(({ id }) => id));
    };
    for (const q of ['widget', 'everywhere']) {
      const seen = await walk({ q, limit: 60 }, bustle);
      expect(new Set(seen).size).toBe(seen.length);
      const expected = rows.filter((row) => rankOf(row, q) > 0).sort(byRank(q));
      expect(seen.filter((id) => own.has(id))).toEqual(expected.map(({ id }) => id));
    }
  });
});
