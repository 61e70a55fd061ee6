import { setTimeout as wait } from 'node:timers/promises';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT';
  /** Below /api/v1. */
  path: string;
  token?: string;
  body?: unknown;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

export type CallApi = (request: ApiRequest) => Promise<ApiAnswer>;

const mostAttempts = 6;

/** Calls the public API as any client would, and again when it answers that it is too busy. */
export function createApiClient(baseUrl: string, signal?: AbortSignal): CallApi {
  async function send({ method, path, token, body }: ApiRequest): Promise<Response> {
    return fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ?? null,
    });
  }
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send(request);
      const body: unknown = await answer.json().catch(() => null);
      const isBusy = answer.status === 429 || answer.status === 503;
      if (!isBusy || attempt === mostAttempts) return { status: answer.status, body };
      await wait(1_000 * Number(answer.headers.get('Retry-After') ?? 1), undefined, signal && { signal });
    }
  };
}
