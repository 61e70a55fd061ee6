import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pLimit from 'p-limit';
import { type PatientAnswer, type PatientRequest, pauseBefore } from '../replay/call-patiently.ts';
import { loadCatalogue } from '../replay/load-catalogue.ts';
import { openAccounts } from '../replay/keep-accounts.ts';
import { openSession, type Session } from '../replay/open-session.ts';
import { placeOrder } from '../replay/place-order.ts';
import { planCatalogue, wareKey } from '../replay/plan-catalogue.ts';
import { layOutTable } from '../replay/print-table.ts';
import { readInvoices } from '../replay/read-invoices.ts';
import { sumUp } from '../replay/summarise.ts';

const header = 'invoice,product,description,quantity,unit_price_minor,customer,country';
const book = `${header}
100001,A1,"Tin mug, blue",6,255,501,United Kingdom
100001,A1,"Tin mug, blue",2,255,501,United Kingdom
100001,A1,"Tin mug, blue",1,200,501,United Kingdom
100002,a1,Tin mug small,4,255,,EIRE
100003,B2,,12,0,,United Kingdom
C100004,A1,"Tin mug, blue",-2,255,501,United Kingdom
100005,B2,Lost,-3,100,,United Kingdom
100002,A1,Enamel mug � blue,3,255,,EIRE
`;

let directory = '';

async function write(name: string, content: string | Buffer): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-replay-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('reading invoices', () => {
  test('keeps the lines of a sale as they came and only counts what is no sale', async () => {
    const { invoices, noSale } = await readInvoices(await write('book.csv', book));
    expect(noSale).toEqual({ cancelled: 1, notPositive: 2 });
    expect(invoices.map(({ number, customer, country }) => [number, customer, country])).toEqual([
      ['100001', '501', 'United Kingdom'],
      ['100002', '', 'EIRE'],
    ]);
    expect(invoices[0]?.lines.map(({ quantity }) => quantity)).toEqual([6, 2, 1]);
    expect(invoices[1]?.lines.map(({ description }) => description)).toEqual([
      'Tin mug small',
      'Enamel mug � blue',
    ]);
    expect(sumUp(invoices)).toEqual({ orders: 2, lines: 5, units: 16, pence: 8 * 255 + 200 + 7 * 255 });
  });

  test('reads a gzipped book just as well', async () => {
    const packed = await readInvoices(await write('book.csv.gz', gzipSync(book)));
    expect(packed).toEqual(await readInvoices(await write('same.csv', book)));
  });

  test('names a file that is missing', async () => {
    await expect(readInvoices(join(directory, 'none.csv'))).rejects.toThrow(/none.csv is not there/);
    await expect(readInvoices(directory)).rejects.toThrow(/cannot be read/);
  });
});

describe('the catalogue', () => {
  test('has one ware for each code and price, with stock for what was sold and seven more', async () => {
    const { invoices } = await readInvoices(await write('book.csv', book));
    const wares = planCatalogue(invoices);
    expect([...wares.values()].map(({ name, initialStock }) => [name, initialStock])).toEqual([
      ['Tin mug, blue (A1, 2.55 GBP)', 6 + 2 + 3 + 7],
      ['Tin mug, blue (A1, 2.00 GBP)', 1 + 7],
      ['Tin mug small (a1, 2.55 GBP)', 4 + 7],
    ]);
    expect(wares.get(wareKey({ product: 'A1', unitPriceMinor: 255 }))).toMatchObject({
      description: 'Tin mug, blue\nEnamel mug � blue',
      priceMinor: 255,
    });
  });

  test('gives names of at most 200 characters, whole ones, that stay apart', () => {
    const line = { quantity: 1, unitPriceMinor: 100, description: '🎁'.repeat(150) };
    const lines = ['A', 'B2'].map((product) => ({ ...line, product }));
    const names = [...planCatalogue([{ number: '1', customer: '', country: 'Japan', lines }]).values()];
    expect(new Set(names.map(({ name }) => name)).size).toBe(2);
    for (const { name } of names) {
      expect(name.length).toBeLessThanOrEqual(200);
      expect(name.isWellFormed()).toBe(true);
    }
  });
});

/** An API that gives the prepared answers in turn and remembers what it was asked. */
function fakeApi(...answers: [status: number, body?: unknown, headers?: Record<string, string>][]) {
  const asked: PatientRequest[] = [];
  const callApi = async (request: PatientRequest): Promise<PatientAnswer> => {
    const [status, body = null, headers = {}] = answers[asked.length]!;
    asked.push(request);
    return { status, body, headers: new Headers(headers) };
  };
  const paths = () => asked.map(({ method, path }) => `${method} ${path}`);
  return { callApi, asked, paths };
}

describe('a session', () => {
  const person = { email: 'a@example.com', displayName: 'A' };
  const tokens = (accessToken: string) => ({ accessToken, refreshToken: `r-${accessToken}`, expiresIn: 900 });

  test('registers once; the next run finds the tokens in a private file and asks for none', async () => {
    const first = fakeApi([201, tokens('t1')]);
    const accounts = await openAccounts(join(directory, 'once'), 'http://one');
    expect((await openSession({ ...first, accounts }, person)).isNew).toBe(true);
    await accounts.save();
    expect((await stat(join(directory, 'once/replay.json'))).mode & 0o777).toBe(0o600);

    const second = fakeApi([200]);
    const reopened = await openAccounts(join(directory, 'once'), 'http://one');
    expect(reopened.passwordFor('a@example.com')).toBe(accounts.passwordFor('a@example.com'));
    const session = await openSession({ ...second, accounts: reopened }, person);
    await session.call({ method: 'GET', path: '/orders' });
    expect(session.isNew).toBe(false);
    expect(second.asked).toEqual([{ method: 'GET', path: '/orders', token: 't1' }]);
  });

  test('logs in when it is registered, and refreshes once for many calls that are refused', async () => {
    const api = fakeApi([409], [200, tokens('t1')], [401], [401], [200, tokens('t2')], [200], [200]);
    const accounts = await openAccounts(join(directory, 'many'), 'http://one');
    const session = await openSession({ ...api, accounts }, person);
    await Promise.all([1, 2].map(() => session.call({ method: 'GET', path: '/orders' })));
    expect(api.paths()).toEqual([
      ...['POST /auth/register', 'POST /auth/login', 'GET /orders', 'GET /orders'],
      ...['POST /auth/refresh', 'GET /orders', 'GET /orders'],
    ]);
    expect(api.asked.slice(-2).map(({ token }) => token)).toEqual(['t2', 't2']);
  });
});

describe('placing an order', () => {
  const payment = { method: 'card', token: 'tok_ok' } as const;
  const items = [{ productId: 'p', quantity: 1 }];
  const wish = { key: 'k', body: { items, shipTo: {}, note: 'n', payment } };
  const payments = (...statuses: string[]) => ({
    items: statuses.map((status) => ({ status, amount: { amount: 7 } })),
  });
  const order = (status: string) => ({ id: 'o', status, items: [], total: null, rejection: null });
  const place = async (api: ReturnType<typeof fakeApi>) =>
    placeOrder({ isNew: false, renew: async () => undefined, call: api.callApi } satisfies Session, wish);

  test('repeats with the same key while the first request runs, then follows the order until it rests', async () => {
    const api = fakeApi(
      [409, { code: 'request-in-progress' }],
      [202, order('pending'), { 'Idempotency-Replayed': 'true' }],
      [200, order('paying')],
      [200, order('paid')],
      [200, payments('captured', 'declined')],
    );
    expect(await place(api)).toMatchObject({ outcome: 'placed', replayed: true, capturedMinor: 7 });
    expect(api.paths()).toEqual([
      ...['POST /orders', 'POST /orders', 'GET /orders/o', 'GET /orders/o'],
      'GET /orders/o/payments',
    ]);
    expect(api.asked.slice(0, 2).map(({ key }) => key)).toEqual(['k', 'k']);
  });

  test('tells a refusal, and an order that came to rest as rejected', async () => {
    const refused = await place(fakeApi([409, { code: 'insufficient-stock', requestId: 'r1' }]));
    expect(refused).toMatchObject({
      outcome: 'rejected',
      reason: 'was refused with 409 insufficient-stock (request r1)',
    });
    const rejected = { ...order('rejected'), rejection: { detail: 'Too little.' } };
    expect(await place(fakeApi([202, order('pending')], [200, rejected], [200, payments()]))).toMatchObject({
      outcome: 'rejected',
      reason: 'was rejected: Too little.',
    });
  });

  test('tells an order that nobody could charge', async () => {
    const failed = fakeApi([201, order('payment_failed')], [200, payments('failed')]);
    expect(await place(failed)).toMatchObject({
      outcome: 'rejected',
      capturedMinor: 0,
      reason: 'is payment_failed',
    });
  });
});

test('a product whose answer got lost is looked for before it is offered again', async () => {
  const page = (...names: string[]) => ({
    items: names.map((name) => ({ id: `id-${name}`, name })),
    nextCursor: null,
  });
  const api = fakeApi([200, page()], [502], [201, { id: 'id-b' }], [200, page('b', 'a')]);
  const session: Session = { isNew: false, renew: async () => undefined, call: api.callApi };
  const wares = ['a', 'b'].map((name) => ({ name, description: '', priceMinor: 1, initialStock: 8 }));
  const loading = { limit: pLimit(1), onProgress: () => {} };
  const { productIds, made } = await loadCatalogue({ sellerId: 's', session }, wares, loading);
  expect([...productIds].sort()).toEqual([
    ['a', 'id-a'],
    ['b', 'id-b'],
  ]);
  expect(made).toBe(1);
  expect(api.asked.filter(({ method }) => method === 'POST').map(({ once }) => once)).toEqual([true, true]);
});

test('a pause grows, but not without end, and is never shorter than the server asks for', () => {
  const none = new Headers();
  expect(pauseBefore(1, none)).toBeLessThanOrEqual(100);
  expect(pauseBefore(30, none)).toBeLessThanOrEqual(2_000);
  expect(pauseBefore(30, none)).toBeGreaterThanOrEqual(1_000);
  expect(pauseBefore(1, new Headers({ 'Retry-After': '3' }))).toBe(3_000);
});

test('the table aligns amounts to the right', () => {
  const rows: [string, number, string][] = [
    ['orders', 1798, 'all'],
    ['no', 5, ''],
  ];
  expect(layOutTable(rows)).toBe('  orders  1,798  all\n  no          5');
});

const retailer = join(import.meta.dirname, '../../../shared/data/online-retail.csv.gz');
const isThere = existsSync(retailer);
const whenThere = isThere ? test : test.skip;
if (!isThere)
  console.log("The retailer's real file is not beside this checkout: its totals are not compared.");

whenThere(
  "the retailer's December adds up to what is known of it",
  async () => {
    const { invoices, noSale, refused } = await readInvoices(retailer);
    expect(sumUp(invoices)).toEqual({ orders: 1_798, lines: 48_842, units: 435_501, pence: 95_607_071 });
    expect(noSale.cancelled + noSale.notPositive).toBe(50_062 - 48_842);
    const wares = [...planCatalogue(invoices).values()];
    expect(new Set(wares.map(({ name }) => name)).size).toBe(6_071);
    expect(refused).toEqual([]);
    expect(Math.max(...wares.map(({ name }) => name.length))).toBeLessThanOrEqual(200);
    expect(wares.reduce((sum, { initialStock }) => sum + initialStock, 0)).toBe(435_501 + 7 * 6_071);
  },
  120_000,
);
