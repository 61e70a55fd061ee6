import {
  type HttpAnswer,
  type HttpCall,
  type HttpClient,
  UpstreamUnavailable,
} from '@tradepost/service-kit/http-client.ts';
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
    async reserve({ orderId, ...body }, deadlineMs) {
      const path = `/internal/v1/reservations/${orderId}`;
      return toOutcome(await http.call({ method: 'PUT', path, body, deadlineMs }));
    },

    release: (orderId, deadlineMs) => change(orderId, 'release', { deadlineMs }),
    commit: (orderId, deadlineMs) => change(orderId, 'commit', { deadlineMs }),
    returnGoods: ({ orderId, ...body }, deadlineMs) => change(orderId, 'return', { body, deadlineMs }),
  };
}
