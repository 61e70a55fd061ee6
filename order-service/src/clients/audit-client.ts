import type { ThingVersion } from '@tradepost/events/told-versions.ts';
import { type HttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';

/** What a service has found in its own database. */
export interface ServiceFinding {
  invariant: number;
  says: string;
  checked: number;
  breaches: number;
  ids: string[];
}

export interface AuditedReservation {
  orderId: string;
  status: 'held' | 'committed' | 'released';
  /** Released before it was held, maybe for an order that was never placed. */
  isTombstone: boolean;
}

/** A charge that rests at the provider; nothing but its id and status is known of one that was closed unreceived. */
export interface AuditedCharge {
  chargeId: string;
  orderId: string | null;
  status: 'captured' | 'declined';
  amountMinor: number | null;
  currency: string | null;
  refundedMinor: number;
}

/** Who tells order-service what has changed, by the source of the events. */
const tellers = {
  '/auth-service/customers': 'accounts',
  '/auth-service/sellers': 'accounts',
  '/product-service/products': 'products',
  '/product-service/stock': 'products',
} as const;
export type ToldSource = keyof typeof tellers;
export const toldSources = Object.keys(tellers) as ToldSource[];

/** Asks the others for their part of the audit. Each verb throws UpstreamUnavailable, which names who cannot be asked. */
export interface AuditClient {
  auditProducts(): Promise<ServiceFinding[]>;
  auditAccounts(): Promise<ServiceFinding[]>;
  /** In ascending order id; all of them, or those of some orders. */
  reservations(orderIds?: readonly string[]): AsyncIterable<AuditedReservation>;
  /** In ascending charge id; all of them, or those of some orders. */
  charges(orderIds?: readonly string[]): AsyncIterable<AuditedCharge>;
  /** In ascending subject; all that a source tells of, or some. */
  versions(source: ToldSource, ids?: readonly string[]): AsyncIterable<ThingVersion>;
}

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

interface ChargeItem extends Pick<AuditedCharge, 'chargeId' | 'orderId' | 'status'> {
  amount: { amount: number; currency: string } | null;
  refunded: { amount: number; currency: string } | null;
}

/** Whoever waits for the audit is told after 5 s that it takes too long. */
const deadlineMs = 4_500;
const pageSize = 1_000;
/** As many as a service takes in one call. */
const idsAtOnce = 100;

/** Asks one service, and says which one when it cannot be asked. */
function asking(name: string, http: HttpClient) {
  return async <Body>(path: string): Promise<Body> => {
    const answer = await http.call({ method: 'GET', path, deadlineMs }).catch((cause: unknown) => {
      if (!(cause instanceof UpstreamUnavailable)) throw cause;
      throw new UpstreamUnavailable(`${name} cannot be asked for its part of the audit`, { cause });
    });
    if (answer.status === 200) return answer.body as Body;
    throw new UpstreamUnavailable(`${name} answered the audit with ${answer.status}`);
  };
}

/** The items of all pages, of which only one is in memory. */
async function* readPages<Item>(read: (cursor: string | null) => Promise<Page<Item>>): AsyncGenerator<Item> {
  for (let cursor: string | null = null; ;) {
    const page: Page<Item> = await read(cursor);
    yield* page.items;
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

/** All items, page by page, or those of some ids. Both the list and the ids ascend. */
async function* readListed<Item>(
  read: (query: string) => Promise<Page<Item>>,
  [name, ids]: [parameter: string, ids: readonly string[] | undefined],
): AsyncGenerator<Item> {
  if (ids === undefined) {
    const after = (cursor: string | null): string => (cursor === null ? '' : `&after=${cursor}`);
    yield* readPages((cursor) => read(`limit=${pageSize}${after(cursor)}`));
    return;
  }
  for (let start = 0; start < ids.length; start += idsAtOnce)
    yield* (await read(`${name}=${ids.slice(start, start + idsAtOnce).join(',')}`)).items;
}

function toCharge({ amount, refunded, ...charge }: ChargeItem): AuditedCharge {
  const [amountMinor, currency] = [amount?.amount ?? null, amount?.currency ?? null];
  return { ...charge, amountMinor, currency, refundedMinor: refunded?.amount ?? 0 };
}

export function createAuditClient(
  others: Record<'products' | 'accounts' | 'provider', HttpClient>,
): AuditClient {
  const asks = {
    products: asking('product-service', others.products),
    accounts: asking('auth-service', others.accounts),
  };
  const askProvider = asking('the payment provider', others.provider);
  const findingsOf = async (ask: ReturnType<typeof asking>): Promise<ServiceFinding[]> =>
    (await ask<{ findings: ServiceFinding[] }>('/internal/v1/audit')).findings;

  return {
    auditProducts: () => findingsOf(asks.products),
    auditAccounts: () => findingsOf(asks.accounts),

    reservations: (orderIds) =>
      readListed(
        (query) => asks.products(`/internal/v1/audit/reservations?${query}`),
        ['orderIds', orderIds],
      ),

    versions: (source, ids) =>
      readListed(
        (query) => asks[tellers[source]](`/internal/v1/audit/versions?source=${source}&${query}`),
        ['ids', ids],
      ),

    async *charges(orderIds) {
      const wanted = orderIds && new Set<string | null>(orderIds);
      const from = (cursor: string | null): string => (cursor === null ? '' : `&cursor=${cursor}`);
      const items = readPages((cursor) =>
        askProvider<Page<ChargeItem>>(`/provider/v1/charges?limit=${pageSize}${from(cursor)}`),
      );
      // A provider lists its charges, and knows no selection by our orders.
      for await (const item of items) if (wanted?.has(item.orderId) ?? true) yield toCharge(item);
    },
  };
}
