import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './helpers/edge.ts';
import { echo, startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, sendRaw, valuesOf, type Answer } from './helpers/send.ts';

let service: FakeService;
let edge: Edge;
let behindProxy: Edge;

beforeAll(async () => {
  service = await startFakeService();
  const ports = [service.port];
  const upstreams = { 'auth-service': ports, 'product-service': ports, 'order-service': ports };
  edge = await startEdge({ upstreams, site: true });
  behindProxy = await startEdge({ upstreams, settings: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } });
});

afterAll(async () => {
  await Promise.all([edge.stop(), behindProxy.stop()]);
  await service.close();
});

beforeEach(() => {
  service.answer = echo;
});

const products = '/api/v1/products';

async function passedOn(headers: Record<string, string>, to = edge) {
  await send(to.port, products, { headers });
  return service.seen.at(-1)!.headers;
}

describe('the request id', () => {
  const wellFormed = ['a', 'A-z_0.9', 'x'.repeat(128)];
  const illFormed = ['', 'a b', 'a"b', 'x'.repeat(129), 'a,b', '<a>', 'ä'];

  test.each(wellFormed)('%s is kept', async (id) => {
    const answer = await send(edge.port, products, { headers: { 'X-Request-Id': id } });
    expect(valuesOf(answer, 'X-Request-Id')).toEqual([id]);
    expect(service.seen.at(-1)!.headers['x-request-id']).toBe(id);
  });

  test.each(illFormed)('"%s" is replaced', async (id) => {
    const answer = await send(edge.port, products, { headers: { 'X-Request-Id': id } });
    expect(valuesOf(answer, 'X-Request-Id')).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(service.seen.at(-1)!.headers['x-request-id']).toBe(answer.headers['x-request-id']);
  });

  test('stands once, also when the service says it too, on every kind of answer', async () => {
    service.answer = (req, res) => res.writeHead(201, { 'X-Request-Id': req.headers['x-request-id'] }).end();
    for (const path of [products, '/nowhere', '/docs', '/openapi.json', '/docs/page.css']) {
      const answer = await send(edge.port, path, { headers: { 'X-Request-Id': 'one' } });
      expect(valuesOf(answer, 'X-Request-Id')).toEqual(['one']);
    }
  });

  test('stands in the log, without the query', async () => {
    await send(edge.port, `${products}?token=planted-secret`, {
      headers: {
        'X-Request-Id': 'logged-one',
        authorization: 'Bearer planted-token',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    await send(edge.port, '/docs?token=planted-secret', { method: 'POST' });
    const log = await edge.accessLog();
    const entries = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.find(({ requestId }) => requestId === 'logged-one')).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      method: 'GET',
      path: products,
      status: 200,
      service: 'product-service',
      upstream: `127.0.0.1:${service.port}`,
      upstreamStatus: '200',
    });
    expect(entries.find(({ status }) => status === 405)).toMatchObject({ method: 'POST', path: '/docs' });
    expect(log).not.toMatch(/planted/);
  });
});

describe('what a caller claims about itself', () => {
  test('is overwritten', async () => {
    const headers = await passedOn({
      Host: 'shop.example',
      'X-Forwarded-For': '6.6.6.6',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.example',
    });
    expect(headers).toMatchObject({
      host: 'shop.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example',
    });
  });

  const dropped = [
    'Forwarded',
    'X-User-Id',
    'X-Service-Token',
    'X-Real-IP',
    'X-Original-URL',
    'X-Rewrite-URL',
  ].concat([
    'X-HTTP-Method-Override',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X_User_Id',
    'Accept-Encoding',
    'Upgrade',
  ]);

  test.each(dropped)('%s does not arrive', async (name) => {
    const headers = await passedOn({ [name]: 'planted' });
    expect(Object.values(headers)).not.toContain('planted');
    await send(edge.port, products, { method: 'PUT', headers: { [name]: 'planted' }, body: '{}' });
    expect(Object.values(service.seen.at(-1)!.headers)).not.toContain('planted');
  });

  test('is believed from a proxy that is trusted, as far as that one saw', async () => {
    const forwarded = { 'X-Forwarded-For': '6.6.6.6, 203.0.113.9, 10.1.2.3', 'X-Forwarded-Proto': 'https' };
    expect(await passedOn(forwarded, behindProxy)).toMatchObject({
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    });
    const answer = await send(behindProxy.port, products, { headers: forwarded });
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

test('everything else arrives as sent', async () => {
  const sent = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    authorization: 'Bearer x.y.z',
    'if-match': '"3"',
    'if-none-match': 'W/"3"',
    'idempotency-key': 'a key',
    'content-type': 'text/plain',
  };
  expect(await passedOn(sent)).toMatchObject(sent);
});

test('a second request hidden behind a first is seen as what it is', async () => {
  const before = service.seen.length;
  const hidden = 'GET /internal/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const bytes = `POST ${products} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}${hidden}`;
  const { body } = await sendRaw(edge.port, bytes);
  expect(service.seen.slice(before)).toMatchObject([{ url: products, body: '{}' }]);
  expect(body).toContain('"code":"not-found"');
});

describe('security headers stand once on every answer', () => {
  function expectSecure(answer: Answer): void {
    expect(valuesOf(answer, 'X-Content-Type-Options')).toEqual(['nosniff']);
    expect(valuesOf(answer, 'X-Frame-Options')).toEqual(['DENY']);
    expect(valuesOf(answer, 'Referrer-Policy')).toEqual(['no-referrer']);
    expect(valuesOf(answer, 'Server')).toEqual(['nginx']);
    expect(valuesOf(answer, 'X-Powered-By')).toEqual([]);
    expect(valuesOf(answer, 'Strict-Transport-Security')).toEqual([]);
    const [policy, ...more] = valuesOf(answer, 'Content-Security-Policy');
    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(more).toEqual([]);
  }

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE'])('%s', async (method) => {
    service.answer = (_req, res) =>
      res
        .writeHead(200, {
          'X-Content-Type-Options': 'nosniff',
          'X-Powered-By': 'Express',
          'X-Frame-Options': 'ALLOWALL',
          'Content-Security-Policy': "default-src '*'",
        })
        .end();
    for (const path of [products, '/nowhere', '/docs', '/docs/problems', '/openapi.json']) {
      expectSecure(await send(edge.port, path, { method }));
    }
  });

  test('also where the request could not be read, and on the probe', async () => {
    expectSecure(await sendRaw(edge.port, 'GARBAGE\r\n\r\n'));
    expectSecure(await sendRaw(edge.port, `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\n\r\n`));
    expectSecure(await send(edge.probePort, '/healthz'));
  });
});

describe('compression', () => {
  async function fetchZipped(
    path: string,
  ): Promise<{ encoding: string | undefined; vary: string[]; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = { 'Accept-Encoding': 'gzip' };
      request({ host: '127.0.0.1', port: edge.port, path, headers, agent: false }, (res) => {
        buffer(res).then((body) => {
          const vary = res.headersDistinct.vary ?? [];
          resolve({ encoding: res.headers['content-encoding'], vary, body });
        }, reject);
      })
        .on('error', reject)
        .end();
    });
  }

  const long = JSON.stringify({ text: 'x'.repeat(2_000) });

  test.each([
    [200, 'application/json'],
    [200, 'application/json; charset=utf-8'],
    [404, 'application/problem+json'],
  ])('a long %i %s', async (status, type) => {
    service.answer = (_req, res) => {
      res.statusCode = status;
      res.writeHead(status, { 'Content-Type': type, 'Content-Length': long.length }).end(long);
    };
    const zipped = await fetchZipped(products);
    expect(zipped).toMatchObject({ encoding: 'gzip', vary: ['Accept-Encoding'] });
    expect(gunzipSync(zipped.body).toString()).toBe(long);
    const plain = await send(edge.port, products);
    expect(plain).toMatchObject({ body: long });
    expect(valuesOf(plain, 'Vary')).toEqual(['Accept-Encoding']);
    const head = await send(edge.port, products, { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } });
    expect(head).toMatchObject({ status, body: '', headers: { vary: 'Accept-Encoding' } });
  });

  test('openapi.json and the scripts of the pages, and nothing short', async () => {
    for (const path of ['/openapi.json', '/docs/swagger-ui-bundle.js', '/docs/problems']) {
      expect(await fetchZipped(path)).toMatchObject({ encoding: 'gzip', vary: ['Accept-Encoding'] });
    }
    service.answer = (_req, res) =>
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
    expect((await fetchZipped(products)).encoding).toBeUndefined();
  });
});
