import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './helpers/edge.ts';
import { startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, sendRaw } from './helpers/send.ts';

const services = new Map<string, FakeService>();
let edge: Edge;

beforeAll(async () => {
  for (const name of ['auth-service', 'product-service', 'order-service'])
    services.set(name, await startFakeService());
  const ports = (name: string) => [services.get(name)!.port];
  edge = await startEdge({
    site: true,
    upstreams: {
      'auth-service': ports('auth-service'),
      'product-service': ports('product-service'),
      'order-service': ports('order-service'),
    },
  });
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([...services.values()].map((service) => service.close()));
});

function arrived(): number {
  return [...services.values()].reduce((sum, service) => sum + service.seen.length, 0);
}

describe('each resource goes to its service', () => {
  const routes: Record<string, string[]> = {
    'auth-service': ['auth', 'users', 'sellers'],
    'product-service': ['products', 'categories', 'reviews', 'deals', 'media'],
    'order-service': [
      'orders',
      'payments',
      'cart',
      'seller',
      'shipments',
      'webhooks',
      'audit',
      'dead-letters',
    ],
  };
  const table = Object.entries(routes).flatMap(([service, names]) =>
    names.map((name) => [name, service] as const),
  );

  test.each(table)('%s -> %s', async (name, service) => {
    for (const rest of ['', '/', '?limit=2&q=a%2Fb', '/0190/more%20of-it?x=..']) {
      const path = `/api/v1/${name}${rest}`;
      expect((await send(edge.port, path)).status).toBe(200);
      expect(services.get(service)!.seen.at(-1)).toMatchObject({ method: 'GET', url: path });
    }
  });

  test.each(table)('a name that only begins with %s goes nowhere', async (name) => {
    const before = arrived();
    for (const path of [
      `/api/v1/${name}X`,
      `/api/v1/${name}.json`,
      `/api/v1/${name}%20`,
      `/api/v2/${name}`,
    ]) {
      expect((await send(edge.port, path)).status).toBe(404);
    }
    expect(arrived()).toBe(before);
  });

  test.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    '%s arrives unchanged, with its body and query',
    async (method) => {
      const body = method === 'HEAD' || method === 'GET' ? undefined : '{"a":1}';
      await send(edge.port, '/api/v1/orders/1?a=b', { method, ...(body !== undefined && { body }) });
      expect(services.get('order-service')!.seen.at(-1)).toMatchObject({
        method,
        url: '/api/v1/orders/1?a=b',
        body: body ?? '',
      });
    },
  );
});

describe('the development mailbox', () => {
  test.each(['/dev/mail', '/dev/mail?x=1'])('%s -> auth-service, under the policy of pages', async (path) => {
    const answer = await send(edge.port, path);
    expect(services.get('auth-service')!.seen.at(-1)).toMatchObject({ method: 'GET', url: path });
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'");
  });

  test.each([
    '/dev',
    '/dev/',
    '/dev/mail/',
    '/dev/mail/x',
    '/dev/mailbox',
    '/DEV/mail',
    '//dev/mail',
    '/dev/./mail',
    '/dev/mai%6c/..',
  ])('%s goes nowhere', async (path) => {
    const before = arrived();
    expect((await send(edge.port, path)).status).toBe(404);
    expect(arrived()).toBe(before);
  });
});

describe('what is not public is 404, however it is spelled', () => {
  const closed = [
    'internal',
    'internal/v1/orders/1/hold-decision',
    'metrics',
    'livez',
    'readyz',
    'startupz',
  ].concat([
    'provider/v1/charges/1',
    '.git/config',
    '.env',
    'healthz',
    '.problem',
    '.sent-once',
    'docs/../.env',
  ]);
  const spellings = closed.flatMap((path) => [
    `/${path}`,
    `//${path}`,
    `/;/${path}`,
    `/%2f${path}`,
    `/./${path}`,
    `/api/v1/${path}`,
    `/api/v1/products/../../../${path}`,
    `/api/v1/products/%2e%2e/%2e%2e/%2e%2e/${path}`,
    `/api/v1/products/..%2f..%2f..%2f${path}`,
    `/api/v1/products/..;/..;/..;/${path}`,
    `/api/v1/products//${path}`,
    `/api/v1/products/..%5c..%5c${path}`,
    `/api/v1/products\\..\\..\\${path}`,
    `/api/v1/products/.;/${path}`,
    `/docs/..%2f${path}`,
  ]);

  test.each(spellings)('%s', async (path) => {
    const before = arrived();
    const answer = await send(edge.port, path);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 404, code: 'not-found' });
    expect(answer.status).toBe(404);
    expect(arrived()).toBe(before);
  });

  test('an address in absolute form is judged by its path', async () => {
    const before = arrived();
    const answer = await sendRaw(
      edge.port,
      'GET http://inside/internal/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer.status).toBe(404);
    expect(arrived()).toBe(before);
  });
});

describe('the documentation', () => {
  test.each(['/openapi.json', '/api/v1/openapi.json'])('%s is the document', async (path) => {
    const answer = await send(edge.port, path);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=60',
    });
    expect(JSON.parse(answer.body)).toMatchObject({ openapi: '3.1.0' });
    const again = await send(edge.port, path, { headers: { 'If-None-Match': answer.headers.etag } });
    expect(again.status).toBe(304);
  });

  test.each(['/docs', '/docs/', '/docs/problems'])(
    '%s is a page that loads nothing from elsewhere',
    async (path) => {
      const answer = await send(edge.port, path);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'");
      const loaded = [...answer.body.matchAll(/(?:src|<link[^>]* href)="([^"]*)"/g)].map(
        (match) => match[1]!,
      );
      for (const address of loaded.filter((candidate) => candidate !== 'data:,')) {
        expect(address).toMatch(/^\/docs\//);
        expect((await send(edge.port, address)).status).toBe(200);
      }
      expect(answer.body).not.toMatch(/<script>|<style|\son\w+=/);
    },
  );

  test('every code of a problem is a place on its page', async () => {
    const { body } = await send(edge.port, '/docs/problems');
    expect(body).toContain('<h2 id="not-found">not-found</h2>');
  });

  test.each(['/asyncapi.json', '/api/v1/asyncapi.json'])('%s is the document of all events', async (path) => {
    const answer = await send(edge.port, path);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ asyncapi: '3.1.0' });
  });

  test.each(['/openapi.json', '/api/v1/openapi.json', '/docs', '/docs/page.css'])(
    '%s can only be read',
    async (path) => {
      const options = await send(edge.port, path, { method: 'OPTIONS' });
      expect(options).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } });
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']) {
        const answer = await send(edge.port, path, { method });
        expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
      }
      for (const method of ['FOO', 'CONNECT']) {
        const bytes = `${method} ${path}?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
        expect(await sendRaw(edge.port, bytes)).toMatchObject({
          status: 405,
          headers: { allow: 'GET, HEAD, OPTIONS', 'content-type': 'application/problem+json' },
        });
      }
      const head = await send(edge.port, path, { method: 'HEAD' });
      expect(head).toMatchObject({ status: 200, body: '' });
    },
  );
});

test('the listener for probes answers them and nothing else', async () => {
  const healthy = await send(edge.probePort, '/healthz');
  expect(healthy).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  for (const method of ['POST', 'FOO', 'TRACE', 'CONNECT']) {
    const bytes = `${method} /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(edge.probePort, bytes);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 405, requestId: answer.headers['x-request-id'] });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  }
  expect((await send(edge.probePort, '/healthz', { method: 'OPTIONS' })).status).toBe(204);
  for (const path of ['/', '/api/v1/products', '/docs', '/.problem']) {
    const answer = await send(edge.probePort, path);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 404, code: 'not-found', instance: path });
  }
});
