import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { PassThrough, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../local/refusal.ts';
import { countryCode } from './country-codes.ts';

export interface Line {
  /** The retailer's code; the same one is sold at several prices. */
  product: string;
  description: string;
  quantity: number;
  unitPriceMinor: number;
}

export interface Invoice {
  number: string;
  /** Empty for those who bought without an account. */
  customer: string;
  /** As the book writes it. */
  country: string;
  lines: Line[];
}

export interface Book {
  invoices: Invoice[];
  /** Lines that are no sale: told, never sent. */
  noSale: { cancelled: number; notPositive: number };
}

const columns = [
  'invoice',
  'product',
  'description',
  'quantity',
  'unit_price_minor',
  'customer',
  'country',
] as const;
type Row = Record<(typeof columns)[number], string>;

/** What the API takes in one order and in one of its lines. */
const mostLines = 1000;
const mostUnits = 100_000;

function checkHeader(header: string[]): string[] {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length === 0) return header;
  throw new Refusal(`The file has no column ${missing.join(', ')}: its first line must name them.`);
}

function parseWhole(text: string, row: number): number {
  const number = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new Refusal(`Row ${row} has "${text}" where a whole number belongs: correct the file.`);
}

function checkRow({ invoice, product, country }: Row, row: number): void {
  if (invoice.trim() === '' || product.trim() === '') {
    throw new Refusal(`Row ${row} names no invoice or no product: correct the file.`);
  }
  countryCode(country);
}

function checkSize({ number, lines }: Invoice): void {
  if (lines.length > mostLines || lines.some(({ quantity }) => quantity > mostUnits)) {
    throw new Refusal(
      `Invoice ${number} is larger than the API allows: at most ${mostLines} lines, and ${mostUnits} units in each.`,
    );
  }
}

/** Sorts rows into invoices, in the order in which these began; the lines of each stay as they came. */
export async function sortIntoInvoices(rows: AsyncIterable<Row>): Promise<Book> {
  const invoices = new Map<string, Invoice>();
  const noSale = { cancelled: 0, notPositive: 0 };
  let rowNumber = 1;
  for await (const row of rows) {
    rowNumber += 1;
    checkRow(row, rowNumber);
    const { invoice: number, product, description, customer, country } = row;
    const quantity = parseWhole(row.quantity, rowNumber);
    const unitPriceMinor = parseWhole(row.unit_price_minor, rowNumber);
    if (number.startsWith('C')) noSale.cancelled += 1;
    else if (quantity <= 0 || unitPriceMinor <= 0) noSale.notPositive += 1;
    else {
      const invoice = invoices.get(number) ?? { number, customer, country, lines: [] };
      invoice.lines.push({ product, description, quantity, unitPriceMinor });
      invoices.set(number, invoice);
    }
  }
  invoices.forEach(checkSize);
  return { invoices: [...invoices.values()], noSale };
}

function explain(error: unknown, file: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Refusal(`${file} is not there: pass the invoices with --file.`);
  const isUnreadable = code.startsWith('CSV_') || code.startsWith('Z_') || /^E[A-Z]+$/.test(code);
  return isUnreadable ? new Refusal(`${file} cannot be read (${message}): is it CSV, or CSV.gz?`) : error;
}

/** Reads a retailer's book of invoices, a CSV file that may be gzipped. */
export async function readInvoices(file: string): Promise<Book> {
  const unpack = file.endsWith('.gz') ? createGunzip() : new PassThrough();
  const rows = parse({ columns: checkHeader, bom: true, skip_empty_lines: true });
  // An error of any of the three ends the last one, which is read here.
  pipeline(createReadStream(file), unpack, rows, () => undefined);
  try {
    return await sortIntoInvoices(rows as AsyncIterable<Row>);
  } catch (error) {
    throw explain(error, file);
  }
}
