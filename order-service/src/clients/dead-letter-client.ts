import { type HttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';

export const otherServices = ['auth-service', 'product-service'] as const;
export type OtherService = (typeof otherServices)[number];

/** A dead letter as the service that holds it tells of it. */
export interface RemoteDeadLetter {
  id: string;
  sink: string | null;
  type: string;
  event: Record<string, unknown>;
  error: string;
  attempts: number;
  parkedAt: string;
}

interface Page {
  items: RemoteDeadLetter[];
  nextCursor: string | null;
}

/** Asks the others about what they have set aside. Each verb throws UpstreamUnavailable, which names who cannot be asked. */
export interface DeadLetterClient {
  list(service: OtherService, page: { limit: number; cursor?: string | undefined }): Promise<Page>;
  /** Undefined when the service holds no such letter, a text when it fails again. */
  replay(service: OtherService, letterId: string): Promise<RemoteDeadLetter | string | undefined>;
}

const encode = (position: string): string => Buffer.from(JSON.stringify(position)).toString('base64url');

export function createDeadLetterClient(others: Record<OtherService, HttpClient>): DeadLetterClient {
  return {
    async list(service, { limit, cursor }) {
      const after = cursor === undefined ? '' : `&cursor=${encode(cursor)}`;
      const path = `/internal/v1/dead-letters?limit=${limit}${after}`;
      const { status, body } = await others[service].call({ method: 'GET', path });
      if (status === 200) return body as Page;
      throw new UpstreamUnavailable(`${service} answered the question for its dead letters with ${status}`);
    },
    async replay(service, letterId) {
      const path = `/internal/v1/dead-letters/${letterId}/replay`;
      const { status, body } = await others[service].call({ method: 'POST', path });
      if (status === 200) return body as RemoteDeadLetter;
      if (status === 404) return undefined;
      if (status === 409) return (body as { detail: string }).detail;
      throw new UpstreamUnavailable(`${service} answered the replay of a dead letter with ${status}`);
    },
  };
}
