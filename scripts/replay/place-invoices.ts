import type pLimit from 'p-limit';
import type { Session } from './open-session.ts';
import { countryCode } from './country-codes.ts';
import { type Placed, placeOrder, type Wish } from './place-order.ts';
import { digestOf, plainText } from './plain-text.ts';
import { type Ware, wareKey } from './plan-catalogue.ts';
import type { Invoice } from './read-invoices.ts';
import { customerName } from './sign-in-customers.ts';

export interface Tally {
  orders: number;
  lines: number;
  units: number;
  pence: number;
  /** Pence that the payment provider took. */
  captured: number;
  /** Units sold, by product. */
  sold: Map<string, number>;
  rejected: number;
  pending: number;
  replayed: number;
  /** One sentence for each invoice that did not become the order it should. */
  complaints: string[];
}

export interface Placing {
  sessions: Map<string, Session>;
  /** By the key of a line's code and price. */
  wares: Map<string, Ware>;
  /** By the name of the ware. */
  productIds: Map<string, string>;
  limit: ReturnType<typeof pLimit>;
  onProgress: (answered: number) => void;
}

/** An address is required, and the book names the country only. */
function addressOf({ customer, country }: Invoice) {
  const name = customer === '' ? 'Guest' : customerName(customer);
  const city = plainText(country, 200);
  return { name, line1: 'Poste restante', city, postalCode: '0000', country: countryCode(country) };
}

/** A header holds ASCII, and the API takes at most 255 characters of it. Other numbers of invoices become a digest. */
export function keyOf(number: string): string {
  const isPlain = /^[A-Za-z0-9._-]{1,100}$/.test(number);
  return isPlain ? `replay-invoice-${number}` : `replay-invoice-sha256:${digestOf(number, 64)}`;
}

function wishFor(invoice: Invoice, { wares, productIds }: Pick<Placing, 'wares' | 'productIds'>): Wish {
  const items = invoice.lines.map((line) => {
    const productId = productIds.get(wares.get(wareKey(line))?.name ?? '');
    if (productId === undefined) throw new Error(`No product was made for ${wareKey(line)}.`);
    return { productId, quantity: line.quantity };
  });
  return {
    key: keyOf(invoice.number),
    body: {
      items,
      shipTo: addressOf(invoice),
      note: plainText(`Invoice ${invoice.number}`, 2000),
      payment: { method: 'card', token: 'tok_ok' },
    },
  };
}

function penceOf({ lines }: Invoice): number {
  return lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
}

/** Nothing when the order is what the invoice says, line by line and in its total. */
function findDifference({ items }: Wish['body'], { order }: Placed, pence: number): string | undefined {
  if (!order) return undefined;
  const linesOf = (lines: Wish['body']['items']): string =>
    lines.map(({ productId, quantity }) => `${productId} ${quantity}`).join();
  if (linesOf(order.items) !== linesOf(items)) return 'has other lines than were sent';
  const total = order.total?.amount;
  return total === pence ? undefined : `costs ${total ?? 'nothing'} instead of ${pence} pence`;
}

function count(tally: Tally, { order, outcome, replayed, capturedMinor }: Placed): void {
  tally.captured += capturedMinor;
  if (replayed) tally.replayed += 1;
  if (outcome === 'rejected') tally.rejected += 1;
  if (outcome === 'pending') tally.pending += 1;
  if (outcome !== 'placed' || !order) return;
  tally.orders += 1;
  tally.lines += order.items.length;
  for (const { productId, quantity } of order.items) {
    tally.units += quantity;
    tally.sold.set(productId, (tally.sold.get(productId) ?? 0) + quantity);
  }
  tally.pence += order.total?.amount ?? 0;
}

/** Places an order for every invoice, many at once, and adds up what the API answered, not what was sent. */
export async function placeInvoices(invoices: readonly Invoice[], placing: Placing): Promise<Tally> {
  const { sessions, limit, onProgress } = placing;
  const tally: Tally = {
    ...{ orders: 0, lines: 0, units: 0, pence: 0, captured: 0, sold: new Map() },
    ...{ rejected: 0, pending: 0, replayed: 0, complaints: [] },
  };
  let answered = 0;
  await limit.map(invoices, async (invoice) => {
    const session = sessions.get(invoice.customer);
    if (!session) throw new Error(`Nobody has signed in for invoice ${invoice.number}.`);
    const wish = wishFor(invoice, placing);
    const placed = await placeOrder(session, wish);
    count(tally, placed);
    const complaint =
      placed.outcome === 'placed' ? findDifference(wish.body, placed, penceOf(invoice)) : placed.reason;
    if (complaint !== undefined)
      tally.complaints.push(`${plainText(`Invoice ${invoice.number}`, 80)} ${complaint}.`);
    onProgress((answered += 1));
  });
  return tally;
}
