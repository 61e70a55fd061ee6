import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';
import { startEdge, type Edge } from './helpers/edge.ts';
import { echo, startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, valuesOf, type Answer } from './helpers/send.ts';

let service: FakeService;
let open: Edge;
let closed: Edge;
let behindProxy: Edge;

const shop = 'https://shop.example';
const admin = 'http://localhost:5173';
const literal = 'http://[::1]:5173';

beforeAll(async () => {
  service = await startFakeService((req, res) => {
    if (req.method === 'OPTIONS') res.writeHead(204, { Allow: 'GET, HEAD, POST, OPTIONS' }).end();
    else echo(req, res);
  });
  const ports = [service.port];
  const upstreams = { 'auth-service': ports, 'product-service': ports, 'order-service': ports };
  const settings = {
    corsOrigins: [shop, admin, literal],
    publicHosts: ['127.0.0.1', 'api.shop.example', '[::1]'],
  };
  open = await startEdge({ upstreams, site: true, settings });
  closed = await startEdge({ upstreams, site: true });
  const limits = { requestsPerSecond: 5, trustedProxies: ['127.0.0.1', '::1', '10.0.0.0/8'] };
  behindProxy = await startEdge({ upstreams, settings: limits });
});

afterAll(async () => {
  await Promise.all([open.stop(), closed.stop(), behindProxy.stop()]);
  await service.close();
});

const products = '/api/v1/products';
const corsHeaders = (answer: Answer): string[] =>
  Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
const preflightFor = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,idempotency-key',
  },
});

describe('a web page of an origin that is listed', () => {
  test.each([shop, admin, literal])('%s reads answers and the headers that it needs', async (origin) => {
    for (const path of [products, '/openapi.json', '/nowhere']) {
      const answer = await send(open.port, path, { headers: { Origin: origin } });
      expect(valuesOf(answer, 'Access-Control-Allow-Origin')).toEqual([origin]);
      expect(valuesOf(answer, 'Access-Control-Expose-Headers')).toEqual([
        'ETag, Location, Retry-After, Idempotency-Replayed',
      ]);
      expect(valuesOf(answer, 'Access-Control-Allow-Credentials')).toEqual([]);
      expect(valuesOf(answer, 'Vary')).toContain('Origin');
    }
  });

  test('is told in a preflight what it may send, and the methods of that path', async () => {
    const answer = await send(open.port, products, preflightFor(shop));
    expect(answer).toMatchObject({
      status: 204,
      body: '',
      headers: {
        allow: 'GET, HEAD, POST, OPTIONS',
        'access-control-allow-origin': shop,
        'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
        'access-control-allow-headers':
          'authorization, if-match, if-none-match, idempotency-key, content-type',
        'access-control-max-age': '600',
      },
    });
    const site = await send(open.port, '/openapi.json', preflightFor(shop));
    expect(site).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-methods': 'GET, HEAD, OPTIONS' },
    });
  });
});

describe('a web page of any other origin', () => {
  const foreign = [
    'https://evil.example',
    'https://shop.example.evil.example',
    'https://notshop.example',
    'http://shop.example',
    'https://shop.example:8443',
    'null',
    '*',
  ];

  test.each(foreign)('%s gets no header of the kind, in a preflight neither', async (origin) => {
    const answer = await send(open.port, products, { headers: { Origin: origin } });
    expect(answer.status).toBe(200);
    expect(corsHeaders(answer)).toEqual([]);
    expect(valuesOf(answer, 'Vary')).toContain('Origin');
    expect(corsHeaders(await send(open.port, products, preflightFor(origin)))).toEqual([]);
  });

  test('is every one where none is listed', async () => {
    const answer = await send(closed.port, products, { headers: { Origin: shop } });
    expect(corsHeaders(answer)).toEqual([]);
    expect(valuesOf(answer, 'Vary')).not.toContain('Origin');
    expect(corsHeaders(await send(closed.port, products, preflightFor(shop)))).toEqual([]);
  });
});

describe('a foreign Host', () => {
  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost', '[::2]'])('%s is 421', async (host) => {
    const before = service.seen.length;
    for (const path of [products, '/dev/mail', '/docs', '/api/v1/openapi.json', '/nowhere']) {
      const answer = await send(open.port, path, { headers: { Host: host } });
      expect(answer.status).toBe(421);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 421, code: 'misdirected-request' });
      expect(answer.body).not.toContain(host);
    }
    expect(service.seen).toHaveLength(before);
  });

  test.each(['127.0.0.1', 'api.shop.example', 'API.Shop.Example:8080', '[::1]', '[::1]:8080'])(
    '%s is no such one',
    async (host) => {
      expect((await send(open.port, products, { headers: { Host: host } })).status).toBe(200);
    },
  );
});

describe('the address that limits count by', () => {
  const sendFrom = (forwardedFor: (turn: number) => string, port: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: 20 }, async (_, turn) => {
        const headers = { 'X-Forwarded-For': forwardedFor(turn) };
        return (await send(port, products, { headers })).status;
      }),
    );

  test('is what a trusted proxy saw, not what its caller claims', async () => {
    const statuses = await sendFrom((turn) => `198.51.100.${turn}, 203.0.113.7`, behindProxy.port);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5);
    expect(service.seen.at(-1)!.headers['x-forwarded-for']).toBe('203.0.113.7');
  });

  test('differs for people behind one trusted proxy', async () => {
    const statuses = await sendFrom((turn) => `203.0.113.${100 + turn}, 10.1.2.3`, behindProxy.port);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test.each([
    ['2001:db8:1:2', (turn: number) => `2001:db8:1:2:${turn}::${turn}`],
    ['203.0.113.9 in the form of IPv6', () => '::ffff:203.0.113.9'],
  ])('is one for the network %s', async (_network, from) => {
    const statuses = await sendFrom(from, behindProxy.port);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5);
    expect(service.seen.at(-1)!.headers['x-forwarded-for']).toMatch(/^(2001:db8:1:2:|::ffff:)/);
  });

  test.each([
    ['each network of IPv6 (/64)', (turn: number) => `2001:db8:2:${turn}::1`],
    ['each address of IPv4 in the form of IPv6', (turn: number) => `::ffff:203.0.113.${200 + turn}`],
  ])('differs for %s', async (_what, from) => {
    expect(new Set(await sendFrom(from, behindProxy.port))).toEqual(new Set([200]));
  });

  testWithIpv6('is that of a client of ::1, and of a proxy there that is trusted', async () => {
    const headers = { 'X-Forwarded-For': '2001:db8:3::1' };
    await send(closed.port, products, { headers, to: '::1' });
    expect(service.seen.at(-1)!.headers['x-forwarded-for']).toBe('::1');
    await send(behindProxy.port, products, { headers, to: '::1' });
    expect(service.seen.at(-1)!.headers['x-forwarded-for']).toBe('2001:db8:3::1');
    expect((await send(closed.probePort, '/healthz', { to: '::1' })).status).toBe(200);
  });

  test('is that of the connection where no proxy is trusted', async () => {
    await sendFrom((turn) => `203.0.113.${turn}`, closed.port);
    expect(service.seen.at(-1)!.headers['x-forwarded-for']).toBe('127.0.0.1');
  });
});
