import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nginxTemplate } from '../../scripts/local/nginx-server.ts';
import { startEdge, type Edge } from './helpers/edge.ts';
import { echo, startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, sendRaw, valuesOf, type Answer } from './helpers/send.ts';

let service: FakeService;
let slow: FakeService;
let edge: Edge;
let limited: Edge;

beforeAll(async () => {
  service = await startFakeService();
  slow = await startFakeService(() => undefined);
  const [dead] = [await startFakeService()];
  await dead.close();
  const upstreams = {
    'auth-service': [dead.port],
    'product-service': [service.port],
    'order-service': [slow.port],
  };
  const settings = { proxyReadTimeoutSeconds: 1, clientTimeoutSeconds: 1 };
  edge = await startEdge({ upstreams, settings });
  limited = await startEdge({ upstreams, settings: { requestsPerSecond: 2, connectionsPerAddress: 1 } });
});

afterAll(async () => {
  await Promise.all([edge.stop(), limited.stop()]);
  await Promise.all([service.close(), slow.close()]);
});

function expectProblem(answer: Answer, status: number, code: string): Record<string, unknown> {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const problem = JSON.parse(answer.body);
  expect(problem).toEqual({
    type: `/docs/problems#${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^\//),
    code,
    requestId: answer.headers['x-request-id'],
  });
  expect(answer.status).toBe(status);
  expect(valuesOf(answer, 'Content-Length')).toEqual([String(Buffer.byteLength(answer.body))]);
  expect(valuesOf(answer, 'Cache-Control')).toEqual(['no-store']);
  return problem;
}

const host = 'Host: x\r\n';
const close = 'Connection: close\r\n';
const products = '/api/v1/products';

describe('what cannot be read is refused as a problem', () => {
  test.each([
    ['no HTTP at all', 'GARBAGE\r\n\r\n', '400 bad-request'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', '400 bad-request'],
    ['no Host', `GET ${products} HTTP/1.1\r\n\r\n`, '400 bad-request'],
    ['two Hosts', `GET ${products} HTTP/1.1\r\n${host}${host}\r\n`, '400 bad-request'],
    ['an impossible Host', `GET ${products} HTTP/1.1\r\nHost: a/../b\r\n\r\n`, '400 bad-request'],
    ['a broken escape', `GET ${products}/%zz HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
    ['a zero byte', `GET ${products}/%00 HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
    ['a path above the root', `GET /../../etc/passwd HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
    [
      'a negative length',
      `POST ${products} HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
      '400 bad-request',
    ],
    [
      'two lengths',
      `POST ${products} HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      '400 bad-request',
    ],
    [
      'a length and chunks',
      `POST ${products} HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400 bad-request',
    ],
    [
      'broken chunks',
      `POST ${products} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`,
      '400 bad-request',
    ],
    ['a method in lower case', `foo ${products} HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
    [
      'a control character in a header',
      `GET ${products} HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`,
      '400 bad-request',
    ],
    ['CONNECT to another host', `CONNECT example.org:443 HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
    ['a long address', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${host}\r\n`, '414 uri-too-long'],
    [
      'a 10 kB header',
      `GET ${products} HTTP/1.1\r\n${host}X: ${'a'.repeat(10_000)}\r\n\r\n`,
      '431 header-too-large',
    ],
    [
      'headers of 18 kB in all',
      `GET ${products} HTTP/1.1\r\n${host}${['A', 'B', 'C'].map((name) => `${name}: ${'a'.repeat(6_000)}\r\n`).join('')}\r\n`,
      '431 header-too-large',
    ],
    [
      'an unknown transfer encoding',
      `POST ${products} HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`,
      '501 not-implemented',
    ],
    ['an HTTP of the future', `GET ${products} HTTP/3.7\r\n${host}\r\n`, '505 http-version-not-supported'],
  ])('%s', async (_, bytes, expected) => {
    const [status, code] = expected.split(' ') as [string, string];
    const before = service.seen.length;
    expectProblem(await sendRaw(edge.port, bytes), Number(status), code);
    expect(service.seen).toHaveLength(before);
  });

  test('headers that Nginx takes are taken by Node too', async () => {
    const headers = { A: 'a'.repeat(6_800), B: 'b'.repeat(6_800) };
    expect((await send(edge.port, products, { headers })).status).toBe(200);
  });
});

describe.each(['TRACE', 'CONNECT'])('%s, which Nginx refuses by itself,', (method) => {
  const sendMethod = (path: string, body = '') =>
    sendRaw(
      edge.port,
      `${method} ${path} HTTP/1.1\r\n${host}${close}Content-Length: ${body.length}\r\n\r\n${body}`,
    );

  test.each(['', 'abc', '{"a":1}'])(
    'is answered by the service, which knows the methods (body: %s)',
    async (body) => {
      const text = '{"code":"method-not-allowed"}';
      service.answer = (_req, res) =>
        res
          .writeHead(405, { Allow: 'GET, HEAD, OPTIONS', 'Content-Type': 'application/problem+json' })
          .end(text);
      const answer = await sendMethod(`${products}/7?a=1`, body);
      service.answer = echo;
      expect(service.seen.at(-1)).toMatchObject({ method: 'TRACE', url: `${products}/7?a=1`, body: '' });
      expect(service.seen.at(-1)?.headers['x-request-id']).toBe(answer.headers['x-request-id']);
      expect(answer.status).toBe(405);
      expect(answer.body).toContain(text);
      expect(valuesOf(answer, 'Allow')).toEqual(['GET, HEAD, OPTIONS']);
    },
  );

  test.each(['/nowhere', '/api/v1/nowhere', '/.problem', '/.wrong-method'])('is 404 at %s', async (path) => {
    const answer = await sendMethod(path);
    expectProblem(answer, 404, 'not-found');
    expect(valuesOf(answer, 'Allow')).toEqual([]);
  });

  test('is 502 where the service is away', async () => {
    expectProblem(await sendMethod('/api/v1/users/me'), 502, 'bad-gateway');
  });
});

describe('a body', () => {
  const megabyte = 1024 * 1024;

  test.each(['POST', 'PUT', 'PATCH'])('of 1 MB arrives, one byte more is 413 (%s)', async (method) => {
    expect((await send(edge.port, products, { method, body: 'x'.repeat(megabyte) })).status).toBe(200);
    expect(service.seen.at(-1)!.body).toHaveLength(megabyte);
    const before = service.seen.length;
    const answer = await send(edge.port, products, { method, body: 'x'.repeat(megabyte + 1) });
    expectProblem(answer, 413, 'payload-too-large');
    expect(service.seen).toHaveLength(before);
  });

  test('too large in chunks is 413 too', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const bytes = `POST ${products} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`;
    expectProblem(await sendRaw(edge.port, bytes), 413, 'payload-too-large');
  });
});

describe('the instance', () => {
  test.each([
    ['/a"b', '/a'],
    ['/a"},{"code":"x', '/a'],
    ['/a\\u0022', '/a'],
    ['/a%22b%0d%0a', '/a%22b%0d%0a'],
    ['/a/<script>', '/a/'],
    ['/a\x7f\xff', '/a'],
    ['/a?token=secret', '/a'],
    [`/${'a'.repeat(5_000)}`, `/${'a'.repeat(1_000)}`],
  ])('of %s is %s', async (path, instance) => {
    const answer = await sendRaw(edge.port, `GET ${path} HTTP/1.1\r\n${host}${close}\r\n`);
    const problem = answer.status === 400 ? null : expectProblem(answer, 404, 'not-found');
    if (problem === null) expectProblem(answer, 400, 'bad-request');
    else expect(problem.instance).toBe(instance);
  });
});

test('a service that cannot be reached is 502, one that says nothing 504', async () => {
  expectProblem(await send(edge.port, '/api/v1/users/me'), 502, 'bad-gateway');
  expectProblem(await send(edge.port, '/api/v1/orders'), 504, 'gateway-timeout');
});

test('too many requests are 429 with the headers that tell when to come back', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(limited.port, products)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) {
    expectProblem(answer, 429, 'rate-limited');
    expect(valuesOf(answer, 'Retry-After')).toEqual(['1']);
    expect(valuesOf(answer, 'RateLimit-Policy')).toEqual(['"address";q=2;w=1']);
    expect(valuesOf(answer, 'RateLimit')).toEqual(['"address";r=0;t=1']);
  }
});

test('HEAD gets the headers of the problem and no body', async () => {
  const get = await send(edge.port, '/nowhere');
  const head = await send(edge.port, '/nowhere', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 404, body: '' });
  expect(head.headers['content-type']).toBe(get.headers['content-type']);
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

test.each([
  ['headers', `GET ${products} HTTP/1.1\r\n${host}`],
  ['a body', `POST ${products} HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\nabc`],
])('a caller that stops in the middle of %s is cut off', async (_, bytes) => {
  const before = service.seen.length;
  const startedAt = performance.now();
  const socket = connect(edge.port, '127.0.0.1');
  socket.write(bytes);
  // Nginx resets such a connection instead of answering 408.
  await text(socket).catch(() => '');
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(service.seen).toHaveLength(before);
});

test('a problem of a service passes unchanged, with its own Retry-After or one of ours', async () => {
  const body = '{"code":"unavailable"}';
  for (const [given, expected] of [
    [{}, '1'],
    [{ 'Retry-After': '7' }, '7'],
  ] as const) {
    service.answer = (_req, res) =>
      res.writeHead(503, { ...given, 'Content-Type': 'application/problem+json' }).end(body);
    const answer = await send(edge.port, products);
    expect(answer).toMatchObject({ status: 503, body });
    expect(valuesOf(answer, 'Retry-After')).toEqual([expected]);
  }
});

test('each status that Nginx can give has a code and a text, and docs/problems.md describes the code', async () => {
  const template = await readFile(nginxTemplate, 'utf8');
  const document = await readFile(join(import.meta.dirname, '../../docs/problems.md'), 'utf8');
  const pages = [
    ...template.matchAll(/^ {4}error_page ([\d ]+) (?:= )?\/[.](?:problem|no-answer|wrong-method);/gm),
  ];
  const listed = pages.flatMap(([, statuses = '']) => statuses.split(' ').map(Number)).concat(431);
  const codes = new Map(
    [...template.matchAll(/^ {8}(\d{3}) ([a-z-]+);$/gm)].map((match) => [Number(match[1]), match[2]!]),
  );
  codes.set(500, 'internal-error');
  const texts = [...template.matchAll(/^ {8}(?:\d{3}|default) '"title".*"status":(\d{3}),/gm)].map((match) =>
    Number(match[1]),
  );
  expect([...codes.keys()].sort()).toEqual(listed.toSorted());
  expect(texts.toSorted()).toEqual(listed.toSorted());
  for (const [status, code] of codes) expect(document).toContain(`## ${code}\n\nStatus: ${status}\n`);
});
