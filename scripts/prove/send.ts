export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT';
  /** Below /api/v1. */
  path: string;
  token?: string;
  key?: string;
  ifMatch?: string;
  body?: unknown;
}

export interface Answer {
  /** 0 when none came. */
  status: number;
  /** As it came: a repeat must bring the same bytes. */
  text: string;
  body: Record<string, unknown>;
  etag: string | null;
  requestId: string;
}

/** Somebody who calls the API under a name of their own. */
export interface Asker {
  readonly id: string;
  /** Sends a request once. */
  ask(call: ApiCall, deadlineMs?: number): Promise<Answer>;
  /** Repeats a request until it is known what became of it; only for what is safe to repeat. */
  insist(call: ApiCall): Promise<Answer>;
}

/** A client that waits longer gives up and comes again. */
export const patienceMs = 10_000;
const none: Answer = { status: 0, text: '', body: {}, etag: null, requestId: '' };

function parse(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Sends a request once; a client that hangs up before the answer sets a shorter deadline. */
export async function send(url: string, call: ApiCall, deadlineMs = patienceMs): Promise<Answer> {
  const { method, path, token, key, ifMatch, body } = call;
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(key !== undefined && { 'Idempotency-Key': key }),
    ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...content, signal });
    const text = await answer.text();
    const [etag, requestId] = [answer.headers.get('ETag'), answer.headers.get('X-Request-Id') ?? ''];
    return { status: answer.status, text, body: parse(text), etag, requestId };
  } catch {
    return none;
  }
}

const comeAgain = new Set([0, 401, 429, 502, 503, 504]);

/** Whether the answer tells what became of the request. */
export function isDefinite({ status, body }: Answer): boolean {
  return !comeAgain.has(status) && !(status === 409 && body.code === 'request-in-progress');
}
