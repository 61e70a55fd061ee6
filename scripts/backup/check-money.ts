import { paid } from './check-reservations.ts';
import type { Check } from './check.ts';
import type { Sessions } from './databases.ts';
import { pairUp } from './pair-up.ts';
import type { Row } from './session.ts';

const totalsAgainstLines = `
  SELECT id, total_minor AS total, items.sum AS sum
    FROM orders LEFT JOIN (SELECT order_id, SUM(quantity * unit_price_minor) AS sum
                             FROM order_items GROUP BY order_id) AS items ON items.order_id = orders.id
   WHERE total_minor IS NOT NULL AND NOT (total_minor <=> items.sum) ORDER BY id`;

const capturedAgainstTotals = `
  SELECT id, status, COALESCE(total_minor, 0) AS total, COALESCE(captured.sum, 0) AS captured
    FROM orders LEFT JOIN (SELECT order_id, SUM(amount_minor) AS sum FROM payments WHERE status = 'captured'
                            GROUP BY order_id) AS captured ON captured.order_id = orders.id
   WHERE NOT (captured.sum <=> IF(status IN (${paid.map((status) => `'${status}'`).join(', ')}), total_minor, NULL))
   ORDER BY id`;

const refundsAgainstOrders = `
  SELECT id, status, total_minor AS total, refunded_minor AS booked, COALESCE(given.sum, 0) AS given
    FROM orders LEFT JOIN (SELECT order_id, SUM(amount_minor) AS sum FROM refunds
                            WHERE status IN ('pending', 'refunded') GROUP BY order_id) AS given ON given.order_id = orders.id
   WHERE refunded_minor <> COALESCE(given.sum, 0) OR (status = 'refunded' AND refunded_minor <> total_minor)
   ORDER BY id`;

/** Within ordersDB. */
async function checkBooks({ ordersDB }: Sessions): Promise<Check[]> {
  const totals = (await ordersDB.ask(totalsAgainstLines)).map(
    ({ id, total, sum }) => `Order ${id} costs ${total}; its lines cost ${sum}.`,
  );
  const captured = (await ordersDB.ask(capturedAgainstTotals)).map(
    (row) => `Order ${row.id} is ${row.status} and costs ${row.total}; ${row.captured} was captured for it.`,
  );
  const refunds = (await ordersDB.ask(refundsAgainstOrders)).map(
    ({ id, status, total, booked, given }) =>
      `Order ${id} is ${status} and has ${booked} of ${total} given back; its refunds come to ${given}.`,
  );
  return [
    { rule: 'orders cost what their lines cost', faults: totals },
    { rule: 'what was captured is what paid orders cost', faults: captured },
    { rule: 'what was given back is the sum of the refunds', faults: refunds },
  ];
}

/** A kind of transfer: how it is called when the money has moved, and while nobody here knows that yet. */
interface Kind {
  what: 'charge' | 'refund';
  table: { ours: string; theirs: string };
  done: string;
  open: string;
}

const kinds: Kind[] = [
  { what: 'charge', table: { ours: 'payments', theirs: 'charges' }, done: 'captured', open: 'processing' },
  { what: 'refund', table: { ours: 'refunds', theirs: 'refunds' }, done: 'refunded', open: 'pending' },
];

const columns = ['id', 'status', 'amount', 'currency'];
const transfersOf = (table: string): string =>
  `SELECT id, status, amount_minor, currency FROM ${table} ORDER BY id`;

function isSame({ done, open }: Kind, theirs: Row, ours?: Row): boolean {
  if (theirs.status !== done) return ours?.status !== done;
  const isKnown = ours?.status === done || ours?.status === open;
  return isKnown && ours.amount === theirs.amount && ours.currency === theirs.currency;
}

const tell = (transfer?: Row): string =>
  transfer ? `${transfer.status} (${transfer.amount} ${transfer.currency})` : 'unknown';

/** With the simulated provider: no money has moved there that orders know nothing of. A real one keeps its own books. */
async function checkProvider({ ordersDB, paymentsDB }: Sessions): Promise<Check> {
  const faults: string[] = [];
  for (const kind of kinds) {
    const { ours, theirs } = kind.table;
    const sides = [
      { session: ordersDB, sql: transfersOf(ours), columns },
      { session: paymentsDB, sql: transfersOf(theirs), columns },
    ] as const;
    for await (const { id, left, right } of pairUp(...sides)) {
      if (right === undefined || isSame(kind, right, left)) continue;
      faults.push(`The ${kind.what} ${id} is ${tell(right)} at the provider, and ${tell(left)} here.`);
    }
  }
  return { rule: 'the provider has moved what orders know of', faults };
}

/** Orders, payments and refunds tell the same, and so does the provider. */
export async function checkMoney(sessions: Sessions): Promise<Check[]> {
  return [...(await checkBooks(sessions)), await checkProvider(sessions)];
}
