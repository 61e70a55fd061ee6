import type { StockSums } from './check-stock.ts';
import type { Session } from './open-session.ts';
import type { Tally } from './place-invoices.ts';
import type { TableRow } from './print-table.ts';
import type { Book, Invoice } from './read-invoices.ts';
import type { Phase } from './show-progress.ts';

export interface Sums {
  orders: number;
  lines: number;
  units: number;
  pence: number;
}

export interface Outcome {
  book: Book;
  /** What the file says. */
  expected: Sums;
  catalogue: Phase<{ productIds: Map<string, string>; made: number }>;
  customers: Phase<Map<string, Session>>;
  orders: Phase<Tally>;
  stock: Phase<StockSums>;
}

const text = (amount: number): string => amount.toLocaleString('en-GB');

export function sumUp(invoices: readonly Invoice[]): Sums {
  const lines = invoices.flatMap((invoice) => invoice.lines);
  return {
    orders: invoices.length,
    lines: lines.length,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    pence: lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0),
  };
}

const counted = ['orders', 'lines', 'units', 'pence'] as const;

function secondsRow({ catalogue, customers, orders, stock }: Outcome): TableRow {
  const parts = { products: catalogue, accounts: customers, orders, stock };
  const remark = Object.entries(parts).map(([name, { seconds }]) => `${name} ${seconds.toFixed(1)}`);
  const all = Object.values(parts).reduce((sum, { seconds }) => sum + seconds, 0);
  return ['seconds', all.toFixed(1), remark.join(', ')];
}

function listRows(outcome: Outcome): TableRow[] {
  const { book, expected, catalogue, customers, orders, stock } = outcome;
  const { cancelled, notPositive } = book.noSale;
  const tally = orders.result;
  const sessions = [...customers.result.values()];
  const { initial, available, reserved, sold } = stock.result;
  const places = (tally.orders + tally.rejected + tally.pending) / orders.seconds;
  return [
    ...counted.map((what): TableRow => [what, tally[what], `of ${text(expected[what])} in the file`]),
    ['captured', tally.captured, 'pence that the payment provider took'],
    ['rejected', tally.rejected],
    ['pending', tally.pending],
    ['replayed', tally.replayed, 'had their answer already and were not placed again'],
    [
      'no sale',
      cancelled + notPositive,
      `lines: ${text(cancelled)} cancelled, ${text(notPositive)} not positive`,
    ],
    ['refused rows', book.refused.length, 'listed above with their lines'],
    ['accounts', sessions.length, `${text(sessions.filter(({ isNew }) => isNew).length)} registered now`],
    ['products', catalogue.result.productIds.size, `${text(catalogue.result.made)} made now`],
    [
      'stock',
      initial,
      `at first; now ${text(available)} available, ${text(reserved)} reserved, ${text(sold)} sold`,
    ],
    ['orders per second', places.toFixed(1)],
    secondsRow(outcome),
  ];
}

/** The closing table, and a sentence for everything that is not as it should be. */
export function summarise(outcome: Outcome): { rows: TableRow[]; complaints: string[] } {
  const { expected, orders, stock } = outcome;
  const differing = counted.filter((what) => orders.result[what] !== expected[what]);
  const sums = differing.map((what) => `${what}: ${orders.result[what]} instead of ${expected[what]}.`);
  const { captured } = orders.result;
  if (captured !== expected.pence) sums.push(`captured: ${captured} instead of ${expected.pence} pence.`);
  return {
    rows: listRows(outcome),
    complaints: [...sums, ...orders.result.complaints, ...stock.result.complaints],
  };
}
