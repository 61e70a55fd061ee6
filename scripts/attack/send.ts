import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request as requestPlain } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { connect, isIP } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { connect as connectSecurely } from 'node:tls';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  ms: number;
}

export interface Sending {
  method?: string;
  /** As it stands in the request line: nothing tidies it up. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer | undefined;
}

export interface ApiCall {
  method?: string;
  /** Below /api/v1. */
  path: string;
  token?: string | undefined;
  json?: unknown;
  headers?: OutgoingHttpHeaders;
}

const patienceMs = 20_000;

/** Where a URL leads; the brackets of an IPv6 address belong to the URL only (RFC 3986 section 3.2.2). */
function place(url: string): { host: string; port: string; protocol: string } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[(.+)\]$/, '$1'), port, protocol };
}

/** Sends one request over a connection of its own. */
export function send(url: string, { method = 'GET', path, headers, body }: Sending): Promise<Answer> {
  const { host, port, protocol } = place(url);
  const request = protocol === 'https:' ? requestSecurely : requestPlain;
  const startedAt = performance.now();
  const framing = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path,
        method,
        agent: false,
        timeout: patienceMs,
        headers: { ...framing, ...headers },
      },
      (answer) => {
        const done = (text: string): void =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            ms: performance.now() - startedAt,
          });
        readText(answer).then(done, reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Calls the API as a client would, but for what the caller changes. */
export function call(url: string, { token, json, headers, ...sending }: ApiCall): Promise<Answer> {
  return send(url, {
    ...sending,
    path: `/api/v1${sending.path}`,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
}

export const parse = <T>({ text }: Answer): T => JSON.parse(text || 'null') as T;

/** Writes bytes that no client would, and reads until the other side closes. */
async function exchange(url: string, bytes: string): Promise<string> {
  const { host, port, protocol } = place(url);
  const socket =
    protocol === 'https:'
      ? connectSecurely({ host, port: Number(port || 443), ...(!isIP(host) && { servername: host }) })
      : connect(Number(port || 80), host);
  socket.setTimeout(patienceMs, () => socket.destroy());
  socket.write(bytes, 'latin1');
  // A reset after the answer is an end like any other.
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  return Buffer.concat(chunks).toString('latin1');
}

/** The status of every answer to bytes that no client would write. */
export async function sendBytes(url: string, bytes: string): Promise<number[]> {
  const received = await exchange(url, bytes);
  return [...received.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
}

/** The first answer to bytes that no client would write; status 0 without one. */
export async function sendRaw(url: string, bytes: string): Promise<Answer> {
  const startedAt = performance.now();
  const [head = '', text = ''] = (await exchange(url, bytes)).split(/\r\n\r\n([^]*)/);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const [name = '', value = ''] = line.split(/: ([^]*)/);
    return [name.toLowerCase(), value];
  });
  const status = Number(statusLine.split(' ')[1] ?? 0);
  return {
    status,
    headers: Object.fromEntries(headers) as IncomingHttpHeaders,
    text,
    ms: performance.now() - startedAt,
  };
}
