import { startFakeUpstream, type UpstreamCall } from '../../../testing/fake-upstream.ts';
import { v7 as uuidv7 } from 'uuid';

export interface Money {
  amount: number;
  currency: string;
}

export interface Offer {
  id: string;
  sellerId: string;
  name: string;
  price: Money;
  available: number;
}

interface ReservationRequest {
  buyerId: string;
  items: { productId: string; quantity: number; expectedUnitPrice?: Money }[];
  reviewAt: string;
}

type GroupedRequest = ReservationRequest & { orderId: string; requestId?: string; traceparent?: string };

interface HeldItem {
  productId: string;
  sellerId: string;
  name: string;
  quantity: number;
  unitPrice: Money;
}

type Reservation = { status: 'held' | 'committed' | 'released'; items: HeldItem[]; returned?: string };
type Answer = Awaited<ReturnType<Parameters<typeof startFakeUpstream>[0]>>;
/** What a test puts between the two services; unless it gives an `Answer` or a promise of one, the real one goes out. */
type Hook = (call: UpstreamCall) => unknown;

const maxTotal = 100_000_000_000;
/** Nothing listens there. */
const closedAddress = 'http://127.0.0.1:1';

const titles: Record<string, { status: number; title: string; detail: string }> = {
  'product-gone': {
    status: 404,
    title: 'A product is not sold any more',
    detail: 'Take these products out of the order.',
  },
  'insufficient-stock': {
    status: 409,
    title: 'There is not enough in stock',
    detail: 'Order less of the products in `short`.',
  },
  'price-changed': {
    status: 409,
    title: 'A price has changed',
    detail: 'Show the new prices and ask again.',
  },
  'own-product': {
    status: 409,
    title: 'Nobody buys from themselves',
    detail: 'Take your own products out of the order.',
  },
  'mixed-currencies': {
    status: 422,
    title: 'The lines have different currencies',
    detail: 'Order the products of each currency apart.',
  },
  'total-too-large': {
    status: 422,
    title: 'The total is too large',
    detail: `An order may cost at most ${maxTotal} minor units; split it.`,
  },
  'reservation-released': {
    status: 410,
    title: 'The reservation was released',
    detail: 'Place a new order.',
  },
};

/** A refusal in the words of product-service. */
export function refusal(code: string, members: object = {}): { status: number; body: object } {
  const { status, title, detail } = titles[code]!;
  const type = `/docs/problems#${code}`;
  const body = { type, title, status, detail, instance: '/internal', code, requestId: 'fake', ...members };
  return { status, body };
}

export const orderIdOf = (call: UpstreamCall): string => call.path.split('/')[4] ?? '';
export const isHold = (call: UpstreamCall): boolean => call.method === 'PUT';

function price({ buyerId, items: lines }: ReservationRequest, offers: Map<string, Offer>) {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  const gone = [...quantities.keys()].filter((productId) => !offers.has(productId));
  if (gone.length > 0) return refusal('product-gone', { productIds: gone });
  const items = [...quantities].sort().map(([productId, quantity]): HeldItem => {
    const { sellerId, name, price: unitPrice } = offers.get(productId)!;
    return { productId, sellerId, name, quantity, unitPrice };
  });
  if (new Set(items.map(({ unitPrice }) => unitPrice.currency)).size > 1) return refusal('mixed-currencies');
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  if (total > maxTotal) return refusal('total-too-large');
  if (items.some(({ sellerId }) => sellerId === buyerId)) return refusal('own-product');
  const changed = lines.flatMap(({ productId, expectedUnitPrice: expected }) => {
    const unitPrice = offers.get(productId)!.price;
    const same =
      !expected || (expected.amount === unitPrice.amount && expected.currency === unitPrice.currency);
    return same ? [] : [{ productId, unitPrice }];
  });
  return changed.length > 0 ? refusal('price-changed', { changed }) : items;
}

function hold(offers: Map<string, Offer>, request: ReservationRequest) {
  const items = price(request, offers);
  if (!Array.isArray(items)) return items;
  const short = items.flatMap(({ productId, quantity: requested }) => {
    const { available } = offers.get(productId)!;
    return available < requested ? [{ productId, requested, available }] : [];
  });
  if (short.length > 0) return refusal('insufficient-stock', { short });
  for (const { productId, quantity } of items) offers.get(productId)!.available -= quantity;
  return items;
}

/** Keeps stock and reservations as product-service does, and answers in its words. */
function keepStock() {
  const offers = new Map<string, Offer>();
  const reservations = new Map<string, Reservation>();

  function put(orderId: string, request: ReservationRequest): { status: number; body: object } {
    const existing = reservations.get(orderId);
    if (existing?.status === 'released') return refusal('reservation-released');
    if (existing) return { status: 200, body: { orderId, ...existing } };
    const items = hold(offers, request);
    if (!Array.isArray(items)) return items;
    reservations.set(orderId, { status: 'held', items });
    return { status: 201, body: { orderId, status: 'held', items } };
  }

  function release(orderId: string): { status: number; body: object } {
    const existing = reservations.get(orderId) ?? { status: 'released', items: [] };
    if (existing.status === 'held')
      for (const { productId, quantity } of existing.items) offers.get(productId)!.available += quantity;
    const released = { status: 'released', items: existing.items } as const;
    reservations.set(orderId, released);
    return { status: 200, body: { orderId, ...released } };
  }

  function commit(orderId: string): { status: number; body: object } {
    const existing = reservations.get(orderId);
    if (!existing || existing.status === 'released') return { status: 409, body: { code: 'wrong-state' } };
    existing.status = 'committed';
    return { status: 200, body: { orderId, ...existing } };
  }

  /** One return is enough here: an order is refunded once. */
  function takeBack(orderId: string, { returnId }: { returnId: string }): { status: number; body: object } {
    const existing = reservations.get(orderId);
    if (existing?.status !== 'committed') return { status: 409, body: { code: 'wrong-state' } };
    if (existing.returned === undefined)
      for (const { productId, quantity } of existing.items) offers.get(productId)!.available += quantity;
    existing.returned ??= returnId;
    return { status: 200, body: { orderId, ...existing } };
  }

  const post = (verb: string, orderId: string, body: unknown): { status: number; body: object } => {
    if (verb === 'commit') return commit(orderId);
    return verb === 'return' ? takeBack(orderId, body as { returnId: string }) : release(orderId);
  };
  return { offers, reservations, put, post };
}

export interface FakeProducts {
  /** Where product-service is; the list changes when it goes away. */
  addresses: string[];
  calls: UpstreamCall[];
  reservations: Map<string, Reservation>;
  /** Runs before product-service has done anything. */
  before: Hook | undefined;
  /** Runs when it has done its work and is about to answer. */
  after: Hook | undefined;
  offer(fields?: Partial<Offer>): Offer;
  callsFor(orderId: string): UpstreamCall[];
  goAway(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

/** product-service, as order-service meets it over HTTP. */
export async function startFakeProducts(): Promise<FakeProducts> {
  const { offers, reservations, put, post } = keepStock();
  const answerOne = async (call: UpstreamCall): Promise<Answer> => {
    const instead = (await fake.before?.(call)) as Answer | undefined;
    if (instead) return instead;
    const orderId = orderIdOf(call);
    const verb = call.path.split('/')[5] ?? '';
    const answer = isHold(call)
      ? put(orderId, call.body as ReservationRequest)
      : post(verb, orderId, call.body);
    return ((await fake.after?.(call)) as Answer | undefined) ?? answer;
  };
  /** A group is answered as its orders would be alone, one after the other; a test sees one call for each. */
  const answerGroup = async (group: UpstreamCall): Promise<Answer> => {
    const { reservations: requests } = group.body as { reservations: GroupedRequest[] };
    upstream.calls.splice(upstream.calls.indexOf(group), 1);
    const answers: { status: number; body?: unknown }[] = [];
    for (const { orderId, requestId, traceparent, ...body } of requests) {
      const headers = { ...group.headers, 'x-request-id': requestId, traceparent };
      const call = { ...group, path: `${group.path}/${orderId}`, headers, body };
      upstream.calls.push(call);
      const answer = await answerOne(call);
      if (typeof answer === 'string' || answer.status >= 500) return answer;
      answers.push(answer);
    }
    return { status: 200, body: { answers } };
  };
  const upstream = await startFakeUpstream((call) =>
    call.path === '/internal/v1/reservations' ? answerGroup(call) : answerOne(call),
  );
  const fake: FakeProducts = {
    addresses: [upstream.url],
    calls: upstream.calls,
    reservations,
    before: undefined,
    after: undefined,
    offer(fields = {}) {
      const price = { amount: 1999, currency: 'EUR' };
      const offer = { id: uuidv7(), sellerId: uuidv7(), name: 'Lamp', price, available: 100, ...fields };
      offers.set(offer.id, offer);
      return offer;
    },
    callsFor: (orderId) => upstream.calls.filter((call) => orderIdOf(call) === orderId),
    goAway: () => void (fake.addresses[0] = closedAddress),
    comeBack: () => void (fake.addresses[0] = upstream.url),
    stop: () => upstream.stop(),
  };
  return fake;
}
