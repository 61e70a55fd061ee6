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
  /** Whether that was a kept connection which had been closed meanwhile. */
  wasClosed?: boolean;
  /** Whether it therefore went over a new one. */
  resent?: boolean;
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

export interface CallerOptions {
  /** Whether connections are used again; without, each request opens its own. */
  keepsAlive: boolean;
  /**
   * Whether a request that finds its kept connection closed goes over a new one, as HTTP clients do (RFC 9112 section
   * 9.3.1): a reload of Nginx before 1.27.4 closes idle connections at once, and some request is always on its way.
   */
  resends?: boolean;
}

/** Calls the public API once, whatever comes of it: a request that fails is what a load test counts. */
export function createCaller(baseUrl: string, { keepsAlive, resends = false }: CallerOptions): CallOnce {
  const [agent, freshAgent] = [new Agent({ keepAlive: keepsAlive, maxSockets: 64 }), new Agent()];
  const sendOver = (connections: Agent, { method, path, token, key, body }: Call): Promise<Answer> =>
    new Promise((resolve) => {
      const headers = {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(key && { 'Idempotency-Key': key }),
      };
      let hasBegun = false;
      const fail = ({ message, code }: NodeJS.ErrnoException): void => {
        const wasClosed = sent.reusedSocket && code === 'ECONNRESET' && !hasBegun;
        resolve({ status: 0, body: null, reason: message, wasClosed });
      };
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = request(
        `${baseUrl}/api/v1${path}`,
        { method, headers, agent: connections, signal },
        (answer) => {
          hasBegun = true;
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }));
          answer.on('error', fail);
        },
      );
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return async (call) => {
    const answer = await sendOver(agent, call);
    if (!resends || !answer.wasClosed) return answer;
    return { ...(await sendOver(freshAgent, call)), resent: true };
  };
}
