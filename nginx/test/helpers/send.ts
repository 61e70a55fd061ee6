import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Name, value, name, value, as received: shows what came twice. */
  rawHeaders: string[];
  body: string;
}

interface Sending {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
  /** The address that is connected to. */
  to?: string;
}

const agent = new Agent({ keepAlive: false });

/** Sends the path byte by byte as given: fetch would tidy it first. */
export async function send(
  port: number,
  path: string,
  { method = 'GET', headers, body, to = '127.0.0.1' }: Sending = {},
): Promise<Answer> {
  // Node frames the body of a DELETE only when told its length.
  const framing = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const req = request(
      { agent, host: to, port, path, method, headers: { ...framing, ...headers } },
      (res) => {
        text(res).then(
          (received) =>
            resolve({
              status: res.statusCode ?? 0,
              headers: res.headers,
              rawHeaders: res.rawHeaders,
              body: received,
            }),
          reject,
        );
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** Writes bytes that no HTTP client would, and reads until Nginx closes. */
export async function sendRaw(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  const received = await text(socket);
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers: Object.fromEntries(pairs(rawHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders,
    body: rest.join('\r\n\r\n'),
  };
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [],
  );
}

/** Every value of a header, so that a second one is seen. */
export function valuesOf(answer: Answer, name: string): string[] {
  return pairs(answer.rawHeaders)
    .filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}
