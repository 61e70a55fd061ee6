import type { Answer, Asker } from './send.ts';

export type KeyedKind = 'order' | 'payment' | 'refund' | 'adjustment';

/** A request with an Idempotency-Key, and what was answered first. */
export interface Entry {
  kind: KeyedKind;
  key: string;
  path: string;
  body: unknown;
  by: Asker;
  answer?: Pick<Answer, 'status' | 'text'>;
  /** Of what was made, whatever became of it. */
  resourceId?: string;
  /** Answers that were compared with the first. */
  repeats: number;
}

/** An order that was acknowledged. */
export interface KnownOrder {
  id: string;
  key: string;
  buyer: Asker;
  /** Every status that an answer told; an order is found later in what these can become. */
  seen: Set<string>;
  /** Whether somebody was told that its money was taken. */
  isCaptured: boolean;
  items: { productId: string; quantity: number; unitPrice: { amount: number } | null }[];
  totalMinor: number | null;
}

interface OrderBody {
  id: string;
  status: string;
  orderId?: string;
  items: KnownOrder['items'];
  total: { amount: number } | null;
}

const mostBreaches = 1_000;

/** What was asked for, and what was acknowledged: the shop is held to it in the end. */
export class Journal {
  readonly entries: Entry[] = [];
  readonly orders = new Map<string, KnownOrder>();
  /** Orders that were paid when somebody last looked. */
  readonly paid: KnownOrder[] = [];
  readonly breaches: string[] = [];
  /** Edits of products: how many were accepted, and of how many nobody knows. */
  readonly edits = new Map<string, { accepted: number; unknown: number }>();

  breach(text: string): void {
    if (this.breaches.length < mostBreaches) this.breaches.push(text);
  }

  open(entry: Omit<Entry, 'repeats'>): Entry {
    const opened = { ...entry, repeats: 0 };
    this.entries.push(opened);
    return opened;
  }

  /** Keeps the first definite answer to a key, and compares every further one with it, byte by byte. */
  settle(entry: Entry, { status, text, body, requestId }: Answer): void {
    const { answer, kind, key } = entry;
    if (answer) {
      entry.repeats += 1;
      if (answer.status === status && answer.text === text) return;
      const change = answer.status === status ? describeChange(answer.text, text) : text.slice(0, 300);
      this.breach(
        `${kind} with key ${key} was answered ${answer.status} and then ${status} (request ${requestId}): ${change}`,
      );
      return;
    }
    // What asks for another request, or tells of a fault here, is not kept.
    if (status >= 500) return;
    entry.answer = { status, text };
    const resourceId = status < 300 ? body.id : (body.paymentId ?? body.orderId);
    if (typeof resourceId === 'string') entry.resourceId = resourceId;
  }

  /** Notes what an answer told about an order. */
  see(body: unknown, { buyer, key }: Pick<KnownOrder, 'buyer' | 'key'>): KnownOrder | undefined {
    const { id, status, orderId, items, total } = body as OrderBody;
    // A refused order comes as a problem that names it.
    const [knownId, knownStatus] = orderId === undefined ? [id, status] : [orderId, 'rejected'];
    if (typeof knownId !== 'string') return undefined;
    const order = this.orders.get(knownId) ?? { id: knownId, key, buyer, ...nothingSeen() };
    this.orders.set(knownId, order);
    if (orderId === undefined) {
      order.items = items;
      order.totalMinor = total?.amount ?? null;
    }
    if (knownStatus === 'paid' && !order.seen.has('paid')) this.paid.push(order);
    order.seen.add(knownStatus);
    return order;
  }

  noteEdit(productId: string, outcome: 'accepted' | 'unknown'): void {
    const edits = this.edits.get(productId) ?? { accepted: 0, unknown: 0 };
    edits[outcome] += 1;
    this.edits.set(productId, edits);
  }
}

/** Where two answers part, with a little of what stands there in each. */
function describeChange(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 40), at + 80);
  return `"... ${part(before)} ..." has become "... ${part(after)} ..."`;
}

function nothingSeen(): Pick<KnownOrder, 'seen' | 'isCaptured' | 'items' | 'totalMinor'> {
  return { seen: new Set(), isCaptured: false, items: [], totalMinor: null };
}
