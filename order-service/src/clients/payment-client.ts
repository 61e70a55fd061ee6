import { type HttpAnswer, type HttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';

export interface Money {
  amount: number;
  currency: string;
}

export interface ChargeRequest {
  /** Ours, so that the same charge can be sent again and asked about. */
  chargeId: string;
  orderId: string;
  amount: Money;
  method: string;
  token: string;
}

export interface RefundRequest {
  refundId: string;
  chargeId: string;
  amount: Money;
}

export type ChargeOutcome = { status: 'captured' } | { status: 'declined'; declineCode: string };

/** The payment provider, whichever PAYMENT_PROVIDER_URL names. Each verb throws UpstreamUnavailable when nobody knows. */
export interface PaymentClient {
  /** Takes the money, or tells why not; safe to repeat, but an unknown outcome is asked for first. */
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  /**
   * What became of a charge; undefined when the provider has nothing, and it is safe to send again. With `close` the
   * provider must take this charge no more, so that one which is still on its way cannot take money after the answer.
   */
  inquire(chargeId: string, options?: { close: boolean }): Promise<ChargeOutcome | undefined>;
  /** Gives money back; true when it did, false when it never will. Safe to repeat. */
  refund(request: RefundRequest): Promise<boolean>;
}

/** A slow provider is given up before the lease of the step ends, with time left to ask what it did. */
const chargeDeadlineMs = 2_000;
const inquiryDeadlineMs = 1_000;
/** A provider that knows no closing answers so; there an inquiry must do. */
const unknownMethod = new Set([404, 405, 501]);

function unexpected(what: string, status: number): UpstreamUnavailable {
  return new UpstreamUnavailable(`the payment provider answered ${what} with ${status}`, { answered: true });
}

function toOutcome({ status, body }: HttpAnswer): ChargeOutcome {
  const { status: outcome, declineCode } = body as { status?: string; declineCode?: string | null };
  if (status < 300 && outcome === 'captured') return { status: 'captured' };
  if (status < 300 && outcome === 'declined')
    return { status: 'declined', declineCode: declineCode ?? 'declined' };
  throw unexpected('a charge', status);
}

/** One buyer's card may make a charge hang: the inquiry after it tells whether the provider answers. */
const mayHang = true;

export function createPaymentClient(http: HttpClient): PaymentClient {
  const chargePath = (chargeId: string): string => `/provider/v1/charges/${chargeId}`;
  return {
    async charge({ chargeId, ...body }) {
      const path = chargePath(chargeId);
      return toOutcome(await http.call({ method: 'PUT', path, body, deadlineMs: chargeDeadlineMs, mayHang }));
    },

    async inquire(chargeId, { close } = { close: false }) {
      const path = chargePath(chargeId);
      const deadlineMs = inquiryDeadlineMs;
      if (close) {
        const closed = await http.call({ method: 'DELETE', path, deadlineMs });
        if (!unknownMethod.has(closed.status)) return toOutcome(closed);
      }
      const answer = await http.call({ method: 'GET', path, deadlineMs });
      return answer.status === 404 ? undefined : toOutcome(answer);
    },

    async refund({ refundId, ...body }) {
      const path = `/provider/v1/refunds/${refundId}`;
      const answer = await http.call({ method: 'PUT', path, body, deadlineMs: chargeDeadlineMs, mayHang });
      if (answer.status >= 300) throw unexpected('a refund', answer.status);
      return !['declined', 'failed'].includes((answer.body as { status: string }).status);
    },
  };
}
