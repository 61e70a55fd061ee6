import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createPatientClient } from '../replay/call-patiently.ts';
import { keyOf } from '../replay/place-invoices.ts';
import { planCatalogue } from '../replay/plan-catalogue.ts';
import { type Book, readInvoices } from '../replay/read-invoices.ts';
import { personFor } from '../replay/sign-in-customers.ts';

const header = 'invoice,product,description,quantity,unit_price_minor,customer,country';
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-books-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function read(content: string | Buffer, encoding?: string): Promise<Book> {
  const file = join(directory, 'book.csv');
  await writeFile(file, content);
  return readInvoices(file, encoding);
}

const rows = (...lines: string[]): string => [header, ...lines, ''].join('\n');
const descriptions = ({ invoices }: Book): string[] =>
  invoices.flatMap(({ lines }) => lines.map(({ description }) => description));

describe('CSV as RFC 4180 has it', () => {
  test('fields in quotes hold commas, doubled quotes and line breaks; lines end with CRLF, LF or CR', async () => {
    const lines = ['1,A,"a, ""b""\r\nc",1,100,,DE', '1,B,"",1,100,,DE', '"1",C,"last",1,100,"",DE'];
    for (const end of ['\r\n', '\n', '\r']) {
      const book = await read(`\uFEFF${[header, ...lines].join(end)}`);
      expect(book.refused).toEqual([]);
      expect(descriptions(book)).toEqual(['a, "b"\r\nc', '', 'last']);
    }
  });

  test('a quote inside a field without quotes is a character of it', async () => {
    const book = await read(rows('1,A,12" RULER,1,100,,DE', '1,B,6" x "4",1,100,,DE'));
    expect(book.refused).toEqual([]);
    expect(descriptions(book)).toEqual(['12" RULER', '6" x "4"']);
  });

  test('a quote that is not closed costs its line and nothing else', async () => {
    const book = await read(
      rows('1,A,"open,1,100,,DE', '1,B,good,1,100,,DE', '1,C,"x" y,1,100,,DE', '1,D,"z",1,100,,DE'),
    );
    expect(descriptions(book)).toEqual(['good', 'z']);
    expect(book.refused).toEqual([
      { line: 2, reason: expect.stringContaining('not closed') },
      { line: 4, reason: expect.stringContaining('not closed') },
    ]);
  });

  test('columns stand in any order, and columns of no interest may be among them', async () => {
    const reordered = 'country,customer,date,unit_price_minor,quantity,description,product,invoice';
    const book = await read(`${reordered}\nJapan,5,today,250,2,Mug,A1,100\n`);
    expect(book.invoices).toEqual([
      {
        number: '100',
        customer: '5',
        country: 'Japan',
        lines: [{ product: 'A1', description: 'Mug', quantity: 2, unitPriceMinor: 250 }],
      },
    ]);
  });

  test.each([
    ['a missing column', 'invoice,product\n1,2\n', /no column description, quantity, unit_price_minor/],
    ['a column that stands twice', `${header},product\n`, /two columns product/],
    ['an empty file', '', /is empty/],
    ['a header that is not closed', `"${header}\n`, /first line of .* not closed/],
    [
      'a gzipped file that is cut off',
      gzipSync(rows('1,A,x,1,2,,DE')).subarray(0, 40),
      /is cut off: copy it/,
    ],
    ['a gzipped file that is damaged', Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]), /is damaged/],
  ])('refuses %s in one sentence', async (_what, content, sentence) => {
    await expect(read(content)).rejects.toThrow(sentence);
    await expect(read(content)).rejects.toMatchObject({ name: 'Refusal' });
  });

  test('a header alone holds no invoices', async () => {
    expect(await read(`${header}\n`)).toEqual({
      invoices: [],
      noSale: { cancelled: 0, notPositive: 0 },
      refused: [],
    });
  });

  test('a line of 10 MB is a line', async () => {
    const book = await read(rows(`1,A,"${'x""'.repeat(3_400_000)}",1,100,,DE`, '1,B,y,1,100,,DE'));
    expect(descriptions(book)[0]).toHaveLength(6_800_000);
    expect(descriptions(book)[1]).toBe('y');
    for (const { name, description } of planCatalogue(book.invoices).values()) {
      expect(name.length).toBeLessThanOrEqual(200);
      expect(description.length).toBeLessThanOrEqual(10_000);
    }
  });
});

describe('encodings', () => {
  const text = rows('1,A,caf\u00e9 \u20ac,1,100,,DE');

  test('a file that is not UTF-8 is refused with its line and what to do, and read when its encoding is named', async () => {
    const latin = Buffer.from(text.replace('\u20ac', '\u00a3'), 'latin1');
    await expect(read(latin)).rejects.toThrow(/not UTF-8 in line 2: .*--encoding latin1/);
    expect(descriptions(await read(latin, 'latin1'))).toEqual(['caf\u00e9 \u00a3']);
    const windows = Buffer.from(text.replace('\u20ac', '\u0080'), 'latin1');
    expect(descriptions(await read(windows, 'windows-1252'))).toEqual(['caf\u00e9 \u20ac']);
  });

  test('UTF-16 with its mark is recognised, and read when it is named', async () => {
    const wide = Buffer.from(`\uFEFF${text}`, 'utf16le');
    await expect(read(wide)).rejects.toThrow(/not UTF-8 in line 1: .*--encoding utf-16le/);
    expect(descriptions(await read(wide, 'utf-16le'))).toEqual(['caf\u00e9 \u20ac']);
  });

  test('a file that is not what was named is refused', async () => {
    await expect(read(Buffer.from(`${text}\xff`, 'latin1'), 'shift_jis')).rejects.toThrow(/is not shift_jis/);
  });
});

describe('rows that cannot be played', () => {
  test.each([
    ['1,A,x,1,2.5,,DE', 'unit_price_minor "2.5" is not a whole number'],
    ['1,A,x,,200,,DE', 'quantity "" is not a whole number'],
    ['1,A,x,1e3,200,,DE', 'quantity "1e3" is not a whole number'],
    ['1,A,x,99999999999999999999,200,,DE', 'is not a whole number'],
    ['1,A,x,100001,200,,DE', 'quantity 100001 is more than 100000'],
    ['1,A,x,1,100000000001,,DE', 'unit_price_minor 100000000001 is more than'],
    ['1,A,x,100000,1000001,,DE', 'the invoice would cost more than'],
    [' ,A,x,1,200,,DE', 'invoice is empty'],
    ['1, ,x,1,200,,DE', 'product is empty'],
    ['1,A,x,1,200,,', 'country "" is neither'],
    ['1,A,x,1,200,,Atlantis', 'country "Atlantis" is neither'],
    ['1,A,x,1,200', 'has 5 fields instead of 7'],
    ['1,A,x,y,1,200,,DE', 'has 8 fields instead of 7'],
    ['2,A,x,1,200,li,DE', 'customer "li" differs from "wang"'],
    ['2,A,x,1,200,wang,FR', 'country "FR" differs from "DE"'],
  ])('%s is refused with its line, and the rest is played', async (row, reason) => {
    const book = await read(rows('2,B,"first\nline",1,100,wang,DE', row, '3,C,after,1,100,,Nigeria'));
    expect(book.refused).toEqual([{ line: 4, reason: expect.stringContaining(reason) }]);
    expect(descriptions(book)).toEqual(['first\nline', 'after']);
  });

  test('what an order cannot take any more is refused line by line', async () => {
    const book = await read(rows(...Array.from({ length: 1002 }, () => '7,A,x,1,2,,Japan')));
    expect(book.invoices[0]?.lines).toHaveLength(1000);
    expect(book.refused.map(({ line }) => line)).toEqual([1002, 1003]);
  });

  test('what was cancelled or given away is counted, and refused nowhere', async () => {
    const book = await read(
      rows('C1,A,x,-2,100,,DE', '2,A,x,0,100,,DE', '2,A,x,1,-5,,DE', 'COFFEE,A,x,1,5,,DE'),
    );
    expect(book).toMatchObject({ noSale: { cancelled: 1, notPositive: 2 }, refused: [] });
    expect(book.invoices.map(({ number }) => number)).toEqual(['COFFEE']);
  });
});

describe('arbitrary text', () => {
  const odd = [
    '\u738b',
    '\u674e',
    'ABC',
    'abc',
    'a b',
    'a-b',
    '\u2116 17',
    'x'.repeat(5_000),
    '\u0000',
    '\'"<\\',
  ];

  test('each customer has an account of its own, with an address that can be delivered to', () => {
    const people = odd.map(personFor);
    expect(new Set(people.map(({ email }) => email.toLowerCase())).size).toBe(odd.length);
    for (const { email, displayName } of people) {
      expect(email).toMatch(/^[a-z0-9-]{1,64}@replay[.]tradepost[.]example$/);
      expect(displayName).not.toMatch(/\p{Cc}/u);
      expect(displayName.length).toBeLessThanOrEqual(200);
    }
    expect(personFor('17850').email).toBe('customer-17850@replay.tradepost.example');
  });

  test('each invoice has a key of its own, which a header can hold', () => {
    const keys = odd.map(keyOf);
    expect(new Set(keys).size).toBe(odd.length);
    for (const key of keys) {
      expect(() => new Headers({ 'Idempotency-Key': key })).not.toThrow();
      expect(key.length).toBeLessThanOrEqual(255);
    }
    expect(keyOf('536365')).toBe('replay-invoice-536365');
  });

  test('each product code has a name of its own, which the API takes', () => {
    const lines = odd.map((product) => ({
      product,
      description: '\u0007',
      quantity: 1,
      unitPriceMinor: 100,
    }));
    const wares = [...planCatalogue([{ number: '1', customer: '', country: 'DE', lines }]).values()];
    expect(new Set(wares.map(({ name }) => name)).size).toBe(odd.length);
    for (const { name, description } of wares) {
      expect(name).not.toMatch(/\p{Cc}/u);
      expect(name.length).toBeLessThanOrEqual(200);
      expect(description).not.toMatch(/[^\P{Cc}\n\t]/u);
    }
  });

  test('a request that cannot be made fails at once', async () => {
    const call = createPatientClient('http://127.0.0.1:1');
    const request = { method: 'POST', path: '/orders', key: '\u2116 17' } as const;
    await expect(call(request)).rejects.toThrow('Cannot convert argument to a ByteString');
  });
});
