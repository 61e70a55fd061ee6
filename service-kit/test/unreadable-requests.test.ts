import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { id } from '@tradepost/service-kit/fields.ts';
import { createOpsServer } from '@tradepost/service-kit/health.ts';
import { createHttpServer } from '@tradepost/service-kit/http-server.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { z } from 'zod';
import { type Answer, sendRaw } from '../../nginx/test/helpers/send.ts';
import { type KitApp, startKitApp } from './helpers/kit-app.ts';

let app: KitApp;
let opsPort: number;
let handled = 0;
const metrics = createMetrics();
const health = { started: true, reachable: true, draining: false, streams: new Set<never>() };
const ops = createOpsServer(health, { metrics, logger: silentLogger });

const things = (method: 'get' | 'post' | 'delete', path: string, fields: object = {}) =>
  route({
    method,
    path,
    summary: 'A thing',
    access: 'anyone',
    ...fields,
    answers: { 200: null },
    handle: () => {
      handled += 1;
      return { status: 200, body: null };
    },
  });

beforeAll(async () => {
  const params = z.strictObject({ id });
  app = await startKitApp(
    [
      things('get', '/things/{id}', { params }),
      things('delete', '/things/{id}', { params }),
      things('post', '/things', { body: z.strictObject({}) }),
    ],
    { metrics },
  );
  await once(ops.listen(0, '127.0.0.1'), 'listening');
  opsPort = (ops.address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  ops.close();
});

const thing = '/things/01890000-0000-7000-8000-000000000001';
const host = 'Host: x\r\n';
const known = 'X-Request-Id: planted-id\r\n';

function expectProblem(answer: Answer, expected: string): Record<string, unknown> {
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(`${answer.status} ${String(problem.code)}`).toBe(expected);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': `${Buffer.byteLength(answer.body)}`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': problem.requestId,
  });
  expect(problem).toMatchObject({
    type: `/docs/problems#${String(problem.code)}`,
    status: answer.status,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.any(String),
  });
  return problem;
}

const close = 'Connection: close\r\n';
const unreadable: [string, string, string][] = [
  ['no HTTP at all', 'GARBAGE\r\n\r\n', '400 bad-request'],
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', '400 bad-request'],
  ['no Host', `GET ${thing} HTTP/1.1\r\n${close}\r\n`, '400 bad-request'],
  ['a raw byte in the path', `GET /things/\xc3\xa9 HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
  ['a control character in the path', `GET /things/\x01 HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
  ['a space in the path', `GET /things/a b HTTP/1.1\r\n${host}\r\n`, '400 bad-request'],
  ['a control character in a header', `GET ${thing} HTTP/1.1\r\n${host}X: a\x01\r\n\r\n`, '400 bad-request'],
  ['a raw byte in a header name', `GET ${thing} HTTP/1.1\r\n${host}\xc3: a\r\n\r\n`, '400 bad-request'],
  ['a CR inside a header', `GET ${thing} HTTP/1.1\r\n${host}X: a\rY: b\r\n\r\n`, '400 bad-request'],
  ['an escape that is none', `GET /things/%zz HTTP/1.1\r\n${host}${close}\r\n`, '400 validation-failed'],
  [
    'an escape that is no UTF-8',
    `GET /things/%c3%28 HTTP/1.1\r\n${host}${close}\r\n`,
    '400 validation-failed',
  ],
  [
    'a length and chunks',
    `POST /things HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    '400 bad-request',
  ],
  ['a negative length', `POST /things HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, '400 bad-request'],
  [
    'broken chunks',
    `POST /things HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n`,
    '400 bad-request',
  ],
  [
    'chunk extensions without end',
    `POST /things HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n`,
    '413 payload-too-large',
  ],
  [
    'headers of 20 kB',
    `GET ${thing} HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`,
    '431 header-too-large',
  ],
  ['an HTTP of the future', `GET ${thing} HTTP/3.0\r\n${host}\r\n`, '505 http-version-not-supported'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505 http-version-not-supported'],
];

describe.each(['public and internal', 'operations'])('the %s listeners answer a problem to', (listener) => {
  test.each(unreadable)('%s', async (_what, bytes, expected) => {
    handled = 0;
    const isOps = listener === 'operations';
    const answer = await sendRaw(isOps ? opsPort : app.port, bytes);
    // No operations path has a parameter or a body: such a request finds no path there.
    const isOfOtherPath = isOps && answer.status === 404;
    expectProblem(answer, isOfOtherPath ? '404 not-found' : expected);
    expect(handled).toBe(0);
  });
});

test('the answer keeps the id of the caller, and names the path of the request', async () => {
  const bytes = `GET /things/\xc3\xa9"?secret HTTP/1.1\r\n${host}${known}\r\n`;
  const problem = expectProblem(await sendRaw(app.port, bytes), '400 bad-request');
  expect(problem).toMatchObject({ requestId: 'planted-id', instance: '/things/%C3%A9%22' });
});

describe('a method', () => {
  const methods = ['FOO', 'foo', 'GETS', 'G', 'TRACE', 'CONNECT', 'PROPFIND', 'QUERY', "!#$%&'*+-.^_`|~"];

  test.each(methods)('%s is 405, and Allow names the documented ones', async (method) => {
    const bytes = `${method} ${thing}?a=1 HTTP/1.1\r\n${host}${known}${close}\r\n`;
    const answer = await sendRaw(app.port, bytes);
    const problem = expectProblem(answer, '405 method-not-allowed');
    expect(answer.headers.allow).toBe('GET, DELETE, HEAD, OPTIONS');
    expect(problem).toMatchObject({ requestId: 'planted-id', instance: thing });
  });

  test.each(methods)('%s at no known path is 404', async (method) => {
    const bytes = `${method} /nothing HTTP/1.1\r\n${host}${close}\r\n`;
    expectProblem(await sendRaw(app.port, bytes), '404 not-found');
  });

  test('CONNECT to another host is 404', async () => {
    expectProblem(
      await sendRaw(app.port, `CONNECT example.org:443 HTTP/1.1\r\n${host}\r\n`),
      '404 not-found',
    );
  });

  test('that nobody knows does not become a label of the figures', async () => {
    await sendRaw(app.port, `PLANTED ${thing} HTTP/1.1\r\n${host}\r\n`);
    const { text: figures } = await metrics.expose();
    expect(figures).toContain('method="unknown"');
    expect(figures).not.toContain('PLANTED');
  });

  test.each(['FOO', 'POST', 'TRACE'])('%s at a probe is 405', async (method) => {
    for (const path of ['/livez', '/readyz', '/startupz', '/metrics']) {
      const answer = await sendRaw(opsPort, `${method} ${path} HTTP/1.1\r\n${host}${close}\r\n`);
      expectProblem(answer, '405 method-not-allowed');
      expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
    }
  });
});

test.each([
  ['an expectation', 'Expect: 200-ok\r\n'],
  ['an upgrade', 'Connection: Upgrade, close\r\nUpgrade: websocket\r\n'],
])('%s that nobody fulfils is ignored', async (_what, header) => {
  handled = 0;
  const answer = await sendRaw(app.port, `GET ${thing} HTTP/1.1\r\n${host}${close}${header}\r\n`);
  expect(answer.status).toBe(200);
  expect(answer.headers['x-request-id']).toBeTruthy();
  expect(handled).toBe(1);
});

test.each([
  ['FOO', `FOO ${thing} HTTP/1.1\r\n${host}\r\n`, '405'],
  ['CONNECT', `CONNECT ${thing} HTTP/1.1\r\n${host}\r\n`, '405'],
  ['a broken header', `GET ${thing} HTTP/1.1\r\n${host}X: a\x01\r\n\r\n`, '400'],
])('%s behind other requests of a connection is answered after them', async (_what, bytes, status) => {
  const earlier = `DELETE ${thing} HTTP/1.1\r\n${host}\r\n`;
  const socket = connect(app.port, '127.0.0.1');
  socket.write(earlier + earlier + bytes, 'latin1');
  const answers = (await text(socket)).match(/HTTP\/1\.1 \d{3}/g);
  expect(answers).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', `HTTP/1.1 ${status}`]);
});

describe('a request that does not arrive in time', () => {
  const server = createHttpServer((req, res) => void req.once('end', () => res.end()).resume(), {
    connectionsCheckingInterval: 20,
    headersTimeout: 100,
    requestTimeout: 200,
  });
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void server.close());

  test.each([
    ['headers', `GET ${thing} HTTP/1.1\r\n${host}`],
    ['a body', `POST /things HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\nabc`],
  ])('in the middle of %s is 408', async (_what, bytes) => {
    const { port } = server.address() as AddressInfo;
    expectProblem(await sendRaw(port, bytes), '408 request-timeout');
  });
});

test('a process that is not ready says so as a problem, with the time to ask again', async () => {
  health.draining = true;
  const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
  health.draining = false;
  expect(answer.status).toBe(503);
  expect(answer.headers.get('Retry-After')).toBe('1');
  expect(await answer.json()).toMatchObject({ code: 'unavailable', instance: '/readyz' });
});
