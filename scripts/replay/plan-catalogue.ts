import { digestOf, plainText } from './plain-text.ts';
import type { Invoice, Line } from './read-invoices.ts';

/** What is to be offered: a retailer's product at one price. */
export interface Ware {
  /** Unique among the wares, and by it the ware is found again. */
  name: string;
  description: string;
  priceMinor: number;
  initialStock: number;
}

/** Stock that must be left on the shelf in the end. */
const spareUnits = 7;
const longestName = 200;
const longestDescription = 10_000;
/** A code that a name can hold as it is. The end that `tellApart` gives to other codes is excluded. */
const plainCode = /^(?!.* #[0-9a-f]{12}$)[!-~]([ -~]{0,38}[!-~])?$/;

/** Codes are told apart by case: the book has 85123A and 85123a. */
export function wareKey({ product, unitPriceMinor }: Pick<Line, 'product' | 'unitPriceMinor'>): string {
  return `${unitPriceMinor} ${product}`;
}

/** Codes are arbitrary text: those that a name cannot hold as they are differ by a digest. */
function tellApart(product: string): string {
  if (plainCode.test(product)) return product;
  return `${plainText(product, 40).trim()} #${digestOf(product, 12)}`.trim();
}

function nameOf({ product, description, unitPriceMinor }: Line): string {
  const code = tellApart(product);
  const tail = ` (${code}, ${(unitPriceMinor / 100).toFixed(2)} GBP)`;
  const title = plainText(description, longestName).trim() || code;
  return `${title.slice(0, longestName - tail.length).toWellFormed()}${tail}`;
}

/** Each text in a line of its own, without characters that the API refuses. */
function describe(texts: Iterable<string>): string {
  const joined = [...texts].join('\n').replace(/[^\P{Cc}\n\t]+/gu, ' ');
  return joined.slice(0, longestDescription).toWellFormed();
}

function toWare(first: Line, sold: readonly Line[]): Ware {
  const unitsSold = sold.reduce((sum, { quantity }) => sum + quantity, 0);
  // The retailer has renamed some while they were on sale: each text is kept.
  const texts = new Set(sold.map(({ description }) => description));
  return {
    name: nameOf(first),
    description: describe(texts),
    priceMinor: first.unitPriceMinor,
    initialStock: unitsSold + spareUnits,
  };
}

/** One ware for each code and price, by its key, with stock for all that was sold of it. */
export function planCatalogue(invoices: readonly Invoice[]): Map<string, Ware> {
  const wares = new Map<string, Ware>();
  const lines = invoices.flatMap((invoice) => invoice.lines);
  for (const [key, sold] of Map.groupBy(lines, wareKey)) {
    const [first] = sold;
    if (first) wares.set(key, toWare(first, sold));
  }
  return wares;
}
