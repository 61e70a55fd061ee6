import { Refusal } from '../local/refusal.ts';
import { countryCode } from './country-codes.ts';
import { parseCsv } from './parse-csv.ts';
import { readText } from './read-text.ts';

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

/** A row that is not played. */
export interface RefusedRow {
  /** Counted from 1, the header included. */
  line: number;
  reason: string;
}

export interface Book {
  invoices: Invoice[];
  /** Lines that are no sale: counted, never sent. */
  noSale: { cancelled: number; notPositive: number };
  refused: RefusedRow[];
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

/** What the API takes in one order, in one of its lines, and as the price of either. */
const mostLines = 1000;
const mostUnits = 100_000;
const mostMinor = 100_000_000_000;

/** Why a row is not played. */
class RowFault extends Error {}

/** A text of any length and of any characters as a part of one line. */
const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)} ...` : text);

/** Where each column stands in a row. */
function readHeader(header: readonly string[], file: string): Record<keyof Row, number> {
  const names = header.map((name) => name.trim());
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new Refusal(`${file} has no column ${missing.join(', ')}: its first line must name them.`);
  const doubled = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (doubled !== undefined) throw new Refusal(`${file} has two columns ${doubled}: remove one of them.`);
  return Object.fromEntries(columns.map((column) => [column, names.indexOf(column)])) as Record<
    keyof Row,
    number
  >;
}

function parseWhole(column: keyof Row, text: string): number {
  const number = Number(text);
  if (/^\s*[+-]?\d+\s*$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new RowFault(`${column} ${shown(text)} is not a whole number`);
}

function checkTexts({ invoice, product, country }: Row): void {
  if (invoice.trim() === '') throw new RowFault('invoice is empty');
  if (product.trim() === '') throw new RowFault('product is empty');
  if (countryCode(country) === undefined)
    throw new RowFault(
      `country ${shown(country)} is neither an ISO 3166 code nor an English name of a country`,
    );
}

function checkLine({ quantity, unitPriceMinor }: Line): void {
  if (quantity > mostUnits) throw new RowFault(`quantity ${quantity} is more than ${mostUnits}`);
  if (unitPriceMinor > mostMinor)
    throw new RowFault(`unit_price_minor ${unitPriceMinor} is more than ${mostMinor}`);
}

function checkFits({ lines }: Invoice, total: number): void {
  if (lines.length === mostLines) throw new RowFault(`the invoice has ${mostLines} lines already`);
  if (total > mostMinor) throw new RowFault(`the invoice would cost more than ${mostMinor}`);
}

function checkSame(column: 'customer' | 'country', invoice: Invoice, row: Row): void {
  if (invoice[column] === row[column]) return;
  throw new RowFault(
    `${column} ${shown(row[column])} differs from ${shown(invoice[column])} in an earlier row of the invoice`,
  );
}

/** Sorts rows into invoices, in the order in which these began. The lines of an invoice stay in their order. */
class BookOfInvoices {
  readonly #invoices = new Map<string, Invoice>();
  readonly #totals = new Map<Invoice, number>();
  readonly #noSale = { cancelled: 0, notPositive: 0 };

  add(row: Row): void {
    checkTexts(row);
    const { invoice: number, product, description, country } = row;
    const quantity = parseWhole('quantity', row.quantity);
    const unitPriceMinor = parseWhole('unit_price_minor', row.unit_price_minor);
    // The retailer's numbers of cancellations begin with C. Elsewhere C may begin any number.
    if (number.startsWith('C') && quantity < 0) this.#noSale.cancelled += 1;
    else if (quantity <= 0 || unitPriceMinor <= 0) this.#noSale.notPositive += 1;
    else {
      const customer = row.customer.trim() === '' ? '' : row.customer;
      const invoice = this.#invoices.get(number) ?? { number, customer, country, lines: [] };
      this.#addLine(invoice, { ...row, customer }, { product, description, quantity, unitPriceMinor });
    }
  }

  #addLine(invoice: Invoice, row: Row, line: Line): void {
    checkSame('customer', invoice, row);
    checkSame('country', invoice, row);
    checkLine(line);
    const total = (this.#totals.get(invoice) ?? 0) + line.quantity * line.unitPriceMinor;
    checkFits(invoice, total);
    invoice.lines.push(line);
    this.#totals.set(invoice, total);
    this.#invoices.set(invoice.number, invoice);
  }

  close(refused: RefusedRow[]): Book {
    return { invoices: [...this.#invoices.values()], noSale: this.#noSale, refused };
  }
}

/**
 * Reads a retailer's book of invoices: a CSV file (RFC 4180) that may be gzipped. A row that cannot be played is refused
 * alone.
 * @param encoding of the file
 */
export async function readInvoices(file: string, encoding = 'utf-8'): Promise<Book> {
  const records = parseCsv(await readText(file, encoding));
  const { value: header } = records.next();
  if (header === undefined) throw new Refusal(`${file} is empty: its first line must name the columns.`);
  if ('fault' in header) throw new Refusal(`The first line of ${file} ${header.fault}.`);
  const places = readHeader(header.fields, file);
  const [book, refused]: [BookOfInvoices, RefusedRow[]] = [new BookOfInvoices(), []];
  for (const record of records) {
    try {
      if ('fault' in record) throw new RowFault(record.fault);
      const { fields } = record;
      book.add(Object.fromEntries(columns.map((column) => [column, fields[places[column]] ?? ''])) as Row);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      refused.push({ line: record.line, reason: error.message });
    }
  }
  return book.close(refused);
}
