import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import { createHttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import type { Config } from '../config.ts';

const decisions = ['keep', 'commit', 'release', 'unknown'] as const;
/** What is to become of a hold; `unknown` when there is no such order, and so never will be. */
export type HoldDecision = (typeof decisions)[number];

export interface OrderClient {
  /** Asks what is to become of the stock that an order holds. Throws UpstreamUnavailable when nobody knows. */
  decideHold(orderId: string): Promise<HoldDecision>;
}

type Addressee = Pick<Config, 'ORDER_SERVICE_URL' | 'SERVICE_KEY_FILE'>;

/** order-service, asked as product-service. */
export function createOrderClient(
  { ORDER_SERVICE_URL, SERVICE_KEY_FILE }: Addressee,
  clock: Clock,
): OrderClient {
  const readKey = () => readSigningKey(SERVICE_KEY_FILE);
  const authorization = serviceAuthorization(readKey, 'product-service', 'order-service');
  const http = createHttpClient(ORDER_SERVICE_URL, { authorization, clock });
  return {
    async decideHold(orderId) {
      const path = `/internal/v1/orders/${orderId}/hold-decision`;
      const { status, body } = await http.call({ method: 'GET', path });
      const { decision } = body as { decision?: HoldDecision };
      // By what it says, not by its status: a wrong address answers 404 too, and must not cost a buyer their hold.
      if (status === 200 && decision && decisions.includes(decision)) return decision;
      throw new UpstreamUnavailable(`order-service answered a question about a hold with ${status}`);
    },
  };
}
