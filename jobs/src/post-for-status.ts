import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { assertOutsideTransaction } from '@tradepost/service-kit/database.ts';

/** Posts a body and returns the status of the answer. */
export type PostForStatus = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<number>;

interface PostOptions {
  /** Milliseconds until the status line has arrived, connecting included. */
  deadlineMs: number;
  /** Resolves the host of each connection; the resolver of the system when left out. */
  lookup?: LookupFunction;
}

/** A longer head of informational answers is given up; Node's parser has the same limit for headers. */
const mostHeadChars = 16_384;
const switchingProtocols = 101;

/**
 * Finds the status line of the final answer (RFC 9112 section 4). Informational answers may come before it (RFC 9110
 * section 15.2); 101 ends HTTP, so it is final.
 * @param head the first bytes of the connection
 */
function findStatus(head: string): number | undefined {
  let rest = head;
  for (;;) {
    const line = /^HTTP\/1\.\d (\d{3})[^\n]*\n/.exec(rest);
    if (!line) return undefined;
    const status = Number(line[1]);
    if (status >= 200 || status === switchingProtocols) return status;
    const end = /\r?\n\r?\n/.exec(rest);
    if (!end) return undefined;
    rest = rest.slice(end.index + end[0].length);
  }
}

/** Calls back with the status as soon as its line is complete, whatever follows it. */
function onStatus(req: http.ClientRequest, done: (status: number) => void): void {
  let head = '';
  const read = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    const status = findStatus(head);
    if (status !== undefined) done(status);
    else if (head.length > mostHeadChars) req.destroy(new Error('the answer has no status line'));
  };
  // Before Node's parser, which fails at what comes after the status line.
  req.once('socket', (socket) => socket.prependListener('data', read));
}

/**
 * Makes a client for receivers of which only the status counts. It waits neither for headers nor for a body, follows no
 * redirect, and closes the connection when it has the status.
 * @returns a function that throws when no status line arrives before the deadline
 */
export function createPostForStatus({ deadlineMs, lookup }: PostOptions): PostForStatus {
  const agents = { http: new http.Agent({}), https: new https.Agent({}) };
  return (url, body, headers) => {
    assertOutsideTransaction(`POST ${new URL(url).host}`);
    const isSecure = url.startsWith('https:');
    const options = {
      method: 'POST',
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      agent: isSecure ? agents.https : agents.http,
      ...(lookup && { lookup }),
    };
    return new Promise<number>((resolve, reject) => {
      const req = (isSecure ? https : http).request(url, options);
      const late = Object.assign(new Error(`no status within ${deadlineMs} ms`), { code: 'ETIMEDOUT' });
      const timer = setTimeout(() => req.destroy(late), deadlineMs);
      req.once('close', () => clearTimeout(timer));
      req.on('error', reject);
      onStatus(req, (status) => {
        resolve(status);
        req.destroy();
      });
      req.end(body);
    });
  };
}
