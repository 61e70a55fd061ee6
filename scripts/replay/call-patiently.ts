import { setTimeout as wait } from 'node:timers/promises';
import type { ApiAnswer, ApiRequest } from '../local/api-client.ts';
import { Refusal } from '../local/refusal.ts';

export interface PatientRequest extends ApiRequest {
  /** Idempotency-Key: a repeat carries the same one. */
  key?: string;
  /** For what has no key and must not happen twice: the caller looks whether it has happened, then asks again. */
  once?: boolean;
}

export interface PatientAnswer extends ApiAnswer {
  headers: Headers;
}

export type CallPatiently = (request: PatientRequest) => Promise<PatientAnswer>;

/** No answer came. */
export const unanswered = 0;
const busyStatuses = new Set([unanswered, 429, 502, 503, 504]);

const deadlineMs = 30_000;
/** How long one request is repeated: a replica that dies is back within seconds, and so is Nginx. */
const patienceMs = 90_000;
const longestPauseMs = 2_000;

/** Whether it is worth asking again. */
export function isBusy({ status }: PatientAnswer): boolean {
  return busyStatuses.has(status);
}

function toRequest(baseUrl: string, { method, path, token, body, key }: PatientRequest): Request {
  return new Request(`${baseUrl}/api/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'Idempotency-Key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(deadlineMs),
  });
}

async function send(baseUrl: string, asked: PatientRequest): Promise<PatientAnswer> {
  // Outside of the try: a request that cannot be made is a fault of this program, and no pause makes it better.
  const request = toRequest(baseUrl, asked);
  try {
    const answer = await fetch(request);
    const { status, headers } = answer;
    const text = await answer.text();
    const isJson = headers.get('Content-Type')?.includes('json') ?? false;
    return { status, headers, body: isJson && text !== '' ? (JSON.parse(text) as unknown) : null };
  } catch {
    return { status: unanswered, headers: new Headers(), body: null };
  }
}

/** As long as the server asks for, and else the longer the more often it failed, with jitter. */
export function pauseBefore(attempt: number, headers: Headers): number {
  const askedMs = 1_000 * (Number(headers.get('Retry-After')) || 0);
  const grownMs = Math.min(longestPauseMs, 50 * 2 ** attempt);
  return Math.max(askedMs, grownMs * (0.5 + Math.random() / 2));
}

/** Calls the public API and asks again while the connection breaks or the answer is 429, 502, 503 or 504. */
export function createPatientClient(baseUrl: string): CallPatiently {
  return async (request) => {
    const giveUpAt = performance.now() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send(baseUrl, request);
      if (!isBusy(answer) || request.once) return answer;
      if (performance.now() > giveUpAt) {
        const said = answer.status === unanswered ? 'is not answered' : `answers ${answer.status}`;
        throw new Refusal(
          `${request.method} ${request.path} ${said} for ${patienceMs / 1000} s: read .data/logs, then run this again; nothing is done twice.`,
        );
      }
      await wait(pauseBefore(attempt, answer.headers));
    }
  };
}

/** Says at once, not after long patience, that nobody is there. */
export async function refuseUnreachable(baseUrl: string): Promise<void> {
  const answer = await send(baseUrl, { method: 'GET', path: '/auth/.well-known/jwks.json' });
  if (answer.status !== unanswered) return;
  throw new Refusal(
    `Nothing answers at ${baseUrl}: type npm start in another terminal, or name another place with --url.`,
  );
}
