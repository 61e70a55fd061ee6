import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  nobodysId,
  type Person,
  type Product,
  type ProductApp,
  startProductApp,
} from './helpers/product-app.ts';

jest.setTimeout(120_000);

interface Listed extends Product {
  description: string;
  stock: number;
}

let app: ProductApp;
let sellers: Person[];
const products: Listed[] = [];

const names = ['apple', 'Apple', 'banana', 'cherry', 'damson', 'elder', 'Fig', 'fig'];
const words = ['lantern', 'teapot', 'carpet', 'wooden'];
const product = fc.record({
  seller: fc.nat(2),
  name: fc.constantFrom(...names),
  description: fc.constantFrom(...words, 'lantern teapot', 'Wooden carpet'),
  amount: fc.integer({ min: 0, max: 5 }),
  stock: fc.constantFrom(0, 0, 1, 9),
});
type NewProduct = typeof product extends fc.Arbitrary<infer Fields> ? Fields : never;

async function add(fields: {
  seller: number;
  name: string;
  description: string;
  amount: number;
  stock: number;
}) {
  const { seller, amount, stock: initialStock, ...texts } = fields;
  const made = await app.create(sellers[seller]!, {
    ...texts,
    price: { amount, currency: 'EUR' },
    initialStock,
  });
  products.push({ ...made, description: texts.description, stock: initialStock });
}

beforeAll(async () => {
  app = await startProductApp();
  sellers = [app.person('seller'), app.person('seller'), app.person('admin')];
  for (const fields of fc.sample(product, { numRuns: 80, seed: 7 })) await add(fields);
});
afterAll(() => app.stop());

const list = (query: Record<string, string | number>) => app.request.get('/api/v1/products').query(query);

type Compare = (a: Listed, b: Listed) => number;
const sorts: Record<'newest' | 'price' | '-price' | 'name', Compare> = {
  newest: (a, b) => (a.id < b.id ? 1 : -1),
  price: (a, b) => a.price.amount - b.price.amount || (a.id < b.id ? -1 : 1),
  '-price': (a, b) => b.price.amount - a.price.amount || (a.id < b.id ? 1 : -1),
  name: (a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }) || (a.id < b.id ? -1 : 1),
};

const filter = fc.record(
  {
    seller: fc.nat(2),
    minPrice: fc.integer({ min: 0, max: 5 }),
    maxPrice: fc.integer({ min: 0, max: 5 }),
    inStock: fc.boolean(),
    q: fc.constantFrom(
      ...words,
      'LANT',
      'teapot lantern',
      'the teapot',
      'wood carp',
      'app',
      'FIG',
      'a',
      'apple lantern',
    ),
    ids: fc.uniqueArray(fc.nat(79), { minLength: 1, maxLength: 40 }),
  },
  { requiredKeys: [] },
);
interface Filter {
  seller?: number;
  minPrice?: number;
  maxPrice?: number;
  inStock?: boolean;
  q?: string;
  ids?: number[];
}

const toQuery = ({ seller, ids, inStock, ...rest }: Filter): Record<string, string | number> => ({
  ...rest,
  ...(seller !== undefined && { seller: sellers[seller]!.id }),
  ...(inStock !== undefined && { inStock: `${inStock}` }),
  ...(ids && { ids: ids.map((index) => products[index]!.id).join(',') }),
});

const tokensOf = (text: string): string[] => text.toLowerCase().split(' ');
const given = <T>(value: T | undefined, holds: (value: T) => boolean): boolean =>
  value === undefined || holds(value);

/** The same rules, as plainly as they can be written. */
function fits({ id, sellerId, name, description, price, stock }: Listed, filter: Filter): boolean {
  const tokens = tokensOf(`${name} ${description}`);
  const words = tokensOf(filter.q ?? '').filter((word) => word !== '');
  return (
    given(filter.seller, (seller) => sellerId === sellers[seller]!.id) &&
    given(filter.minPrice, (least) => price.amount >= least) &&
    given(filter.maxPrice, (most) => price.amount <= most) &&
    given(filter.inStock, (inStock) => stock > 0 === inStock) &&
    given(filter.ids, (ids) => ids.some((index) => products[index]!.id === id)) &&
    words.every((word) => tokens.some((token) => token.startsWith(word)))
  );
}

function rankOf(name: string, q: string): number {
  const [text, wanted] = [name.toLowerCase(), q.toLowerCase()];
  if (text === wanted) return 4;
  if (text.startsWith(wanted)) return 3;
  return tokensOf(wanted).every((word) => tokensOf(text).some((token) => token.startsWith(word))) ? 2 : 1;
}

/** The order of a list that is asked for without a sort. */
function usual({ q }: Filter): Compare {
  if (q === undefined) return sorts.newest;
  return (a, b) => rankOf(b.name, q) - rankOf(a.name, q) || sorts.newest(a, b);
}

/** Walks all pages; between two of them somebody adds a product. */
async function walk(query: Record<string, string | number>, additions: NewProduct[]): Promise<string[]> {
  const seen: string[] = [];
  const limit = Number(query.limit);
  let cursor: string | null = null;
  do {
    const { body } = await list({ ...query, ...(cursor !== null && { cursor }) }).expect(200);
    const page = body.items as Product[];
    cursor = body.nextCursor as string | null;
    if (cursor !== null) expect(page).toHaveLength(limit);
    seen.push(...page.map(({ id }) => id));
    const addition = additions.pop();
    if (addition) await add(addition);
  } while (cursor !== null);
  return seen;
}

test('every filter in every order gives every product once, page by page, also while products are added', async () => {
  const sort = fc.constantFrom<keyof typeof sorts | undefined>(
    undefined,
    'newest',
    'price',
    '-price',
    'name',
  );
  const additions = fc.array(product, { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      filter,
      sort,
      fc.integer({ min: 3, max: 30 }),
      additions,
      async (wanted, order, limit, more) => {
        const before = new Set(products.map(({ id }) => id));
        const seen = await walk({ ...toQuery(wanted), ...(order && { sort: order }), limit }, [...more]);
        const compare = order === undefined ? usual(wanted) : sorts[order];
        const expected = products.filter((item) => fits(item, wanted)).sort(compare);
        expect(new Set(seen).size).toBe(seen.length);
        const old = (id: string): boolean => before.has(id);
        expect(seen.filter(old)).toEqual(expected.map(({ id }) => id).filter(old));
        // What was added meanwhile may be on a later page, in its place, or was too late.
        const all = expected.map(({ id }) => id);
        expect(all.filter((id) => seen.includes(id))).toEqual(seen);
      },
    ),
    { numRuns: 60, seed: 20_251_201 },
  );
});

describe('a list', () => {
  test('shows the newest twenty when nothing is asked for, and nothing of their inside', async () => {
    const { body, headers } = await list({}).expect(200);
    const newest = [...products].sort(sorts.newest).slice(0, 20);
    expect((body.items as Product[]).map(({ id }) => id)).toEqual(newest.map(({ id }) => id));
    expect(Object.keys(body.items[0])).not.toContain('deletedAt');
    expect(headers['cache-control']).toContain('public');
    expect((await list({ limit: 100 }).expect(200)).body.items.length).toBeGreaterThan(60);
  });

  test('of ids shows those that exist, once each', async () => {
    const some = [products[3]!.id, products[1]!.id, products[3]!.id.toUpperCase(), nobodysId];
    const { body } = await list({ ids: some.join(',') }).expect(200);
    expect((body.items as Product[]).map(({ id }) => id).sort()).toEqual(
      [products[1]!.id, products[3]!.id].sort(),
    );
    await list({ ids: Array(100).fill(nobodysId).join(',') }).expect(200);
    await list({ ids: Array(101).fill(nobodysId).join(',') }).expect(400);
  });

  test('that fits nothing is empty', async () => {
    for (const query of [
      { q: 'zzzz' },
      { q: '!!! +-*()~"@<>' },
      { q: '🫖\u0001' },
      { q: 'lantern zzzz' },
      { seller: nobodysId },
      { minPrice: 4, maxPrice: 2 },
      { category: nobodysId },
    ]) {
      expect((await list(query as Record<string, string>).expect(200)).body).toEqual({
        items: [],
        nextCursor: null,
      });
    }
  });

  test('in stock changes with the stock', async () => {
    const [sold] = products.filter(({ stock }) => stock === 1);
    const shown = async (inStock: string): Promise<boolean> =>
      (await list({ ids: sold!.id, inStock })).body.items.length === 1;
    expect([await shown('true'), await shown('false')]).toEqual([true, false]);
    await app.hold(nobodysId, [{ productId: sold!.id, quantity: 1 }]).expect(201);
    expect([await shown('true'), await shown('false')]).toEqual([false, true]);
    await app.move(nobodysId, 'release').expect(200);
  });

  test('goes on after any name', async () => {
    const owner = app.person('seller');
    const odd = [
      '"'.repeat(200),
      `${'\u0001'.repeat(199)}x`,
      '中'.repeat(200),
      '🫖'.repeat(100),
      '\\'.repeat(200),
      ' x',
    ];
    for (const name of odd) await app.create(owner, { name });
    let cursor: string | null = null;
    const seen = new Set<string>();
    do {
      const query: Record<string, string | number> = { seller: owner.id, sort: 'name', limit: 1 };
      const { body } = await list({ ...query, ...(cursor !== null && { cursor }) }).expect(200);
      for (const { name } of body.items as Product[]) seen.add(name);
      cursor = body.nextCursor as string | null;
    } while (cursor !== null);
    expect(seen.size).toBe(6);
  });
});
