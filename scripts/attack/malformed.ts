import type { Attack, Family } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';
import { type Answer, parse, sendRaw } from './send.ts';
import { tell } from './tell-answer.ts';

const host = 'Host: 127.0.0.1\r\n';
const close = 'Connection: close\r\n';

/** The status, and whether the answer and its problem name one request. */
function judge(answer: Answer): string {
  const { requestId } = parse<{ requestId?: string }>(answer);
  const id = answer.headers['x-request-id'];
  return id !== undefined && id === requestId ? tell(answer) : `${tell(answer)}, X-Request-Id: ${String(id)}`;
}

const refused = (name: string, expected: string, bytesFor: (ground: AttackGround) => string): Attack => ({
  name,
  expected,
  run: async (ground) => judge(await sendRaw(ground.url, bytesFor(ground))),
});

const post = `POST /api/v1/orders HTTP/1.1\r\n${host}${close}Content-Type: application/json\r\n`;
const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\n${host}${close}${headers}\r\n`;

const requests: Attack[] = [
  refused('a raw byte in the path', '400', () => get('/api/v1/products/\xc3\xa9')),
  refused('a raw byte in the query', '400', () => get('/api/v1/products?q=\xc3\xa9')),
  refused('a control character in a header', '400', () => get('/api/v1/products', 'X-A: a\x01\r\n')),
  refused('an escape that is none', '400', () => get('/api/v1/products/%zz')),
  refused('an escape that is no UTF-8', '400', () => get('/api/v1/products/%c3%28')),
  refused('headers of 40 kB', '431', () => get('/api/v1/products', `X-A: ${'a'.repeat(40_000)}\r\n`)),
  refused('broken chunks', '400', () => `${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`),
  refused('no HTTP at all', '400', () => 'GARBAGE\r\n\r\n'),
];

const methods = ['FOO', 'TRACE', 'CONNECT', 'PROPFIND'].map((method): Attack => ({
  name: `${method} at an order`,
  expected: '405, Allow: GET, HEAD, OPTIONS',
  async run({ url, orderId }) {
    const answer = await sendRaw(url, `${method} /api/v1/orders/${orderId} HTTP/1.1\r\n${host}${close}\r\n`);
    return `${judge(answer)}, Allow: ${String(answer.headers.allow)}`;
  },
}));

export const malformed: Family = {
  name: 'malformed requests and unknown methods',
  attacks: [...requests, ...methods],
};
