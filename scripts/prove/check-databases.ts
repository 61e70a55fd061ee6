import type { Entry, Journal, KeyedKind } from './journal.ts';
import type { Query } from './query-databases.ts';

export interface Sums {
  orders: number;
  captures: number;
  soldUnits: number;
  /** Units that were ever for sale. */
  stockUnits: number;
}

interface StockRow {
  id: string;
  version: number;
  onHand: number;
  reserved: number;
  given: number;
  committed: number;
  returned: number;
  held: number;
}

const stockOfEach = `
  SELECT products.id, products.version, stock.on_hand AS onHand, stock.reserved,
         COALESCE((SELECT SUM(on_hand_delta) FROM productsDB.stock_ledger AS ledger
                    WHERE ledger.product_id = products.id AND kind IN ('initial', 'adjustment')), 0) AS given,
         COALESCE(SUM(IF(reservations.status = 'committed', items.quantity, 0)), 0) AS committed,
         COALESCE(SUM(IF(reservations.status = 'committed', items.returned_quantity, 0)), 0) AS returned,
         COALESCE(SUM(IF(reservations.status = 'held', items.quantity, 0)), 0) AS held
    FROM productsDB.products AS products
    JOIN productsDB.stock AS stock ON stock.product_id = products.id
    LEFT JOIN productsDB.reservation_items AS items ON items.product_id = products.id
    LEFT JOIN productsDB.reservations AS reservations ON reservations.order_id = items.order_id
   GROUP BY products.id, products.version, stock.on_hand, stock.reserved`;

async function readStock(query: Query): Promise<StockRow[]> {
  const rows = await query<Record<string, unknown>>(stockOfEach);
  // Sums come as text.
  return rows.map(({ id, ...numbers }) => {
    const entries = Object.entries(numbers).map(([name, value]) => [name, Number(value)]);
    return { id: String(id), ...Object.fromEntries(entries) } as StockRow;
  });
}

function checkStock({ edits }: Journal, row: StockRow): string[] {
  const { id, version, onHand, reserved, given, committed, returned, held } = row;
  const sold = committed - returned;
  const { accepted, unknown } = edits.get(id) ?? { accepted: 0, unknown: 0 };
  const claims: [holds: boolean, otherwise: string][] = [
    [sold + held <= given, `product ${id}: ${sold} sold and ${held} held of ${given}`],
    [onHand === given - sold, `product ${id}: ${onHand} on hand, but ${given} came in and ${sold} were sold`],
    [reserved === held, `product ${id}: ${reserved} reserved, but ${held} held for orders`],
    [
      version >= 1 + accepted && version <= 1 + accepted + unknown,
      `product ${id}: version ${version} after ${accepted} accepted edits and ${unknown} of which nobody knows`,
    ],
  ];
  return claims.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

/** Where the key of a request stands, and which id what it made has. */
const keyed: Partial<Record<KeyedKind, string>> = {
  order: 'SELECT note AS `key`, id FROM ordersDB.orders',
  refund: 'SELECT reason AS `key`, id FROM ordersDB.refunds',
  adjustment: `SELECT reason AS \`key\`, id FROM productsDB.stock_ledger WHERE kind = 'adjustment'`,
};

const isAcknowledged = ({ answer }: Entry): boolean =>
  answer !== undefined && answer.status >= 200 && answer.status < 300;

function checkKey(entry: Entry, made: string[]): string[] {
  const { kind, key, resourceId } = entry;
  const named = `${kind} with key ${key}`;
  if (made.length > 1) return [`${named} was made ${made.length} times: ${made.join(', ')}`];
  if (!isAcknowledged(entry) || made[0] === resourceId) return [];
  return [`${named} was acknowledged as ${resourceId ?? 'nothing'} and is ${made[0] ?? 'not there'}`];
}

/** One key, one order, refund or adjustment; by the databases alone, which hold the key as note or reason. */
export async function checkKeys(query: Query, { entries }: Journal): Promise<string[]> {
  const breaches: string[] = [];
  for (const [kind, sql] of Object.entries(keyed)) {
    const rows = Map.groupBy(await query<{ key: string; id: string }>(sql), ({ key }) => key);
    const ours = entries.filter((entry) => entry.kind === kind);
    breaches.push(
      ...ours.flatMap((entry) =>
        checkKey(
          entry,
          (rows.get(entry.key) ?? []).map(({ id }) => id),
        ),
      ),
    );
  }
  return breaches;
}

/** The same for payments, which hold no key: each acknowledged one is there, of its order, and the only one of its key. */
export async function checkPayments(query: Query, { entries }: Journal): Promise<string[]> {
  const rows = await query<{ id: string; orderId: string }>(
    'SELECT id, order_id AS orderId FROM ordersDB.payments',
  );
  const orderOf = new Map(rows.map(({ id, orderId }) => [id, orderId]));
  const acknowledged = entries.filter((entry) => entry.kind === 'payment' && isAcknowledged(entry));
  return acknowledged.flatMap(({ key, path, resourceId = '' }) => {
    const orderId = orderOf.get(resourceId);
    const isThere = orderId !== undefined && path.includes(orderId);
    return isThere ? [] : [`payment ${resourceId} (key ${key}) was acknowledged and is not there`];
  });
}

/** Sold at most what there was, for every product; and what all of it comes to. */
export async function checkStocks(query: Query, journal: Journal): Promise<Sums & { breaches: string[] }> {
  const rows = await readStock(query);
  const [count] = await query<{ orders: number; captures: number }>(
    `SELECT (SELECT COUNT(*) FROM ordersDB.orders) AS orders,
            (SELECT COUNT(*) FROM paymentsDB.charges WHERE status = 'captured') AS captures`,
  );
  return {
    orders: Number(count?.orders),
    captures: Number(count?.captures),
    soldUnits: rows.reduce((sum, { committed, returned }) => sum + committed - returned, 0),
    stockUnits: rows.reduce((sum, { given }) => sum + given, 0),
    breaches: rows.flatMap((row) => checkStock(journal, row)),
  };
}
