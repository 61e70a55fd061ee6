import {
  type HttpAnswer,
  type HttpCall,
  type HttpClient,
  UpstreamUnavailable,
} from '@tradepost/service-kit/http-client.ts';
import type { Grouped, GroupOutcome } from '@tradepost/service-kit/coalesce.ts';
import { rejections } from '../orders/orders.errors.ts';

export interface ReservationRequest {
  orderId: string;
  buyerId: string;
  items: { productId: string; quantity: number; expectedUnitPrice?: { amount: number; currency: string } }[];
  reviewAt: string;
}

export interface GoodsReturn {
  orderId: string;
  returnId: string;
  items: { productId: string; quantity: number }[];
}

/** An item as the reservation froze it. */
export interface HeldItem {
  productId: string;
  sellerId: string;
  name: string;
  quantity: number;
  unitPrice: { amount: number; currency: string };
}

/**
 * Why product-service may refuse a hold. By code, not by status: the same status comes from a proxy, a wrong address,
 * or two services that differ in age.
 */
export type RefusalCode = keyof typeof rejections;

/** Why there is no hold; `members` are what its problem says beside the usual. */
export interface Refusal {
  code: RefusalCode;
  detail: string;
  members: {
    short?: { productId: string; requested: number; available: number }[];
    changed?: unknown;
    productIds?: unknown;
  };
}

export type ReservationOutcome = { held: HeldItem[] } | { refused: Refusal };

export interface ProductClient {
  /** Holds the stock of an order, or tells why not; safe to repeat. Throws UpstreamUnavailable when nobody knows. */
  reserve(request: ReservationRequest, deadlineMs?: number): Promise<ReservationOutcome>;
  /** The same for several orders in as few calls as their lines allow; the outcome of each, or why it is not known. */
  reserveAll(group: readonly Grouped<ReservationRequest>[]): Promise<GroupOutcome<ReservationOutcome>[]>;
  /** Frees what an order holds, or would ever hold; safe to repeat. */
  release(orderId: string, deadlineMs?: number): Promise<void>;
  /** Sells what an order holds; safe to repeat. */
  commit(orderId: string, deadlineMs?: number): Promise<void>;
  /** Puts sold goods back in stock; one returnId does so once. */
  returnGoods(goods: GoodsReturn, deadlineMs?: number): Promise<void>;
}

/** The reservation, or the problem; which of them, the status tells. */
type Answer = Refusal & Refusal['members'] & { items?: HeldItem[] };

/** An answer that makes no sense is a fault of the two services, not of the order: it stays due, and is told. */
function unexpected(what: string, status: number): UpstreamUnavailable {
  return new UpstreamUnavailable(`product-service answered ${what} with ${status}`, { answered: true });
}

function toOutcome({ status, body }: HttpAnswer): ReservationOutcome {
  const { items, code, detail, short, changed, productIds } = body as Answer;
  if (status < 300 && items) return { held: items };
  if (status < 400 || !(code in rejections)) throw unexpected('a reservation', status);
  return { refused: { code, detail, members: { ...(short && { short }), changed, productIds } } };
}

/** Below the 1 MB that a service reads, at 200 bytes a line. */
const mostLines = 4_000;
/** A product-service of the previous version has no route for groups. */
const unknownRoute = new Set([404, 405]);

type Group = Grouped<ReservationRequest>[];

function inCalls(group: readonly Grouped<ReservationRequest>[]): Group[] {
  const calls: Group[] = [];
  let lines = mostLines;
  for (const one of group) {
    lines += one.item.items.length;
    if (lines > mostLines) {
      calls.push([]);
      lines = one.item.items.length;
    }
    calls.at(-1)?.push(one);
  }
  return calls;
}

/** Each order of a group goes on under the id and the trace of its own request. */
function withContext({ item, context }: Grouped<ReservationRequest>) {
  const { requestId, traceparent } = context ?? {};
  return { ...item, ...(requestId && { requestId }), ...(traceparent && { traceparent }) };
}

async function settle(outcome: Promise<ReservationOutcome>): Promise<GroupOutcome<ReservationOutcome>> {
  return outcome.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function reserveOver(http: HttpClient): Pick<ProductClient, 'reserve' | 'reserveAll'> {
  async function reserve({ orderId, ...body }: ReservationRequest, deadlineMs?: number) {
    const path = `/internal/v1/reservations/${orderId}`;
    return toOutcome(await http.call({ method: 'PUT', path, body, deadlineMs }));
  }
  async function reserveGroup(group: Group): Promise<Promise<ReservationOutcome>[]> {
    const path = '/internal/v1/reservations';
    const reservations = group.map(withContext);
    const { status, body } = await http.call({ method: 'PUT', path, body: { reservations } });
    if (unknownRoute.has(status)) return group.map(({ item }) => reserve(item));
    const { answers } = body as { answers?: HttpAnswer[] };
    if (status >= 300 || answers?.length !== group.length)
      throw unexpected('a group of reservations', status);
    return answers.map(async (answer) => Promise.resolve(toOutcome(answer)));
  }
  return {
    reserve,
    async reserveAll(all) {
      const groups = inCalls(all).map(async (group) => {
        try {
          return await Promise.all((await reserveGroup(group)).map(settle));
        } catch (error) {
          return group.map(() => ({ error }));
        }
      });
      return (await Promise.all(groups)).flat();
    },
  };
}

export function createProductClient(http: HttpClient): ProductClient {
  async function change(
    orderId: string,
    verb: string,
    rest: Pick<HttpCall, 'body' | 'deadlineMs'>,
  ): Promise<void> {
    const path = `/internal/v1/reservations/${orderId}/${verb}`;
    const { status } = await http.call({ method: 'POST', path, ...rest });
    if (status >= 300) throw unexpected(`a ${verb}`, status);
  }

  return {
    ...reserveOver(http),
    release: (orderId, deadlineMs) => change(orderId, 'release', { deadlineMs }),
    commit: (orderId, deadlineMs) => change(orderId, 'commit', { deadlineMs }),
    returnGoods: ({ orderId, ...body }, deadlineMs) => change(orderId, 'return', { body, deadlineMs }),
  };
}
