import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pauseBefore } from '../replay/call-patiently.ts';
import { countryCode } from '../replay/country-codes.ts';
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

  test.each([
    ['no such column', 'invoice,product\n1,2\n', /no column description, quantity/],
    ['a price that is no number', `${header}\n1,A,x,1,2.5,,Japan\n`, /Row 2 has "2.5"/],
    ['no product', `${header}\n1, ,x,1,2,,Japan\n`, /Row 2 names no invoice or no product/],
    ['an unknown country', `${header}\n1,A,x,1,2,,Atlantis\n`, /"Atlantis" has no code/],
    ['a row that is too short', `${header}\n1,A\n`, /cannot be read/],
    ['more units than an order line takes', `${header}\n7,A,x,100001,2,,Japan\n`, /Invoice 7 is larger/],
    [
      'more lines than an order takes',
      `${header}\n${'7,A,x,1,2,,Japan\n'.repeat(1001)}`,
      /Invoice 7 is larger/,
    ],
  ])('refuses %s in one sentence', async (_name, content, sentence) => {
    await expect(readInvoices(await write('bad.csv', content))).rejects.toThrow(sentence);
  });

  test('names a file that is missing, and one that is not what its name says', async () => {
    await expect(readInvoices(join(directory, 'none.csv'))).rejects.toThrow(/none.csv is not there/);
    await expect(readInvoices(await write('plain.csv.gz', book))).rejects.toThrow(/is it CSV, or CSV.gz/);
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

test('countries become ISO codes, also those that are none', () => {
  const names = ['United Kingdom', 'EIRE', 'Channel Islands', 'RSA', 'USA', 'Unspecified'];
  expect(names.map(countryCode)).toEqual(['GB', 'IE', 'JE', 'ZA', 'US', 'GB']);
  expect(() => countryCode('constructor')).toThrow(/has no code/);
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

whenThere("the retailer's December adds up to what is known of it", async () => {
  const { invoices, noSale } = await readInvoices(retailer);
  expect(sumUp(invoices)).toEqual({ orders: 1_798, lines: 48_842, units: 435_501, pence: 95_607_071 });
  expect(noSale.cancelled + noSale.notPositive).toBe(50_062 - 48_842);
  const wares = [...planCatalogue(invoices).values()];
  expect(new Set(wares.map(({ name }) => name)).size).toBe(6_071);
  expect(Math.max(...wares.map(({ name }) => name.length))).toBeLessThanOrEqual(200);
  expect(wares.reduce((sum, { initialStock }) => sum + initialStock, 0)).toBe(435_501 + 7 * 6_071);
});
