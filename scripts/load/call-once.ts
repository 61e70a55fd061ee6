import { Agent, request } from 'node:http';

export interface Call {
  method: 'GET' | 'POST';
  path: string;
  token?: string;
  key?: string;
  body?: unknown;
}

export interface Answer {
  /** 0 when none came. */
  status: number;
  body: unknown;
  /** Why none came. */
  reason?: string;
}

export type CallOnce = (call: Call) => Promise<Answer>;

const deadlineMs = 10_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Calls the public API once, whatever comes of it: a request that fails is what a load test counts.
 * @param keepsAlive whether connections are used again; without, each request opens its own
 */
export function createCaller(baseUrl: string, keepsAlive: boolean): CallOnce {
  const agent = new Agent({ keepAlive: keepsAlive, maxSockets: 64 });
  return ({ method, path, token, key, body }) =>
    new Promise((resolve) => {
      const headers = {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(key && { 'Idempotency-Key': key }),
      };
      const fail = (error: Error): void => resolve({ status: 0, body: null, reason: error.message });
      const options = { method, headers, agent, signal: AbortSignal.timeout(deadlineMs) };
      const sent = request(`${baseUrl}/api/v1${path}`, options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }));
        answer.on('error', fail);
      });
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
