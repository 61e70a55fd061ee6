import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keepDevelopmentCertificate } from '../../scripts/local/development-certificate.ts';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';
import { startEdge, type Edge } from './helpers/edge.ts';
import { startFakeService, type FakeService } from './helpers/fake-service.ts';
import {
  getOverHttp2,
  makeCertificate,
  negotiate,
  sendSecurely,
  type TestCertificate,
} from './helpers/secure.ts';
import { send, valuesOf } from './helpers/send.ts';

let service: FakeService;
let secure: TestCertificate;
let edge: Edge;

beforeAll(async () => {
  service = await startFakeService();
  secure = await makeCertificate();
  const ports = [service.port];
  const upstreams = { 'auth-service': ports, 'product-service': ports, 'order-service': ports };
  edge = await startEdge({ upstreams, site: true, settings: { tls: secure.files } });
});

afterAll(async () => {
  await edge.stop();
  await service.close();
  await secure.remove();
});

const products = '/api/v1/products';
const hsts = 'max-age=31536000';

describe('over TLS', () => {
  test('services learn of it, and every answer tells browsers to stay', async () => {
    const ca = secure.certificate;
    for (const path of [products, '/docs', '/openapi.json', '/nowhere']) {
      const answer = await sendSecurely(edge.port, path, { ca });
      expect(valuesOf(answer, 'Strict-Transport-Security')).toEqual([hsts]);
      expect(valuesOf(answer, 'X-Content-Type-Options')).toEqual(['nosniff']);
    }
    expect(service.seen.at(-1)!.headers).toMatchObject({ 'x-forwarded-proto': 'https' });
  });

  test.each([
    ['TLSv1.3', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.1', null],
    ['TLSv1', null],
  ] as const)('%s is %s', async (version, spoken) => {
    expect(await negotiate(edge.port, secure.certificate, version)).toBe(spoken);
  });

  testWithIpv6('the door answers at ::1, for which the certificate of a checkout is good', async () => {
    const answer = await sendSecurely(edge.port, products, {
      ca: secure.certificate,
      to: '::1',
      host: '[::1]',
    });
    expect(answer.status).toBe(200);
    expect(service.seen.at(-1)!.headers).toMatchObject({
      'x-forwarded-for': '::1',
      'x-forwarded-proto': 'https',
    });
  });

  test('HTTP/2 is spoken, and the service sees host and address as ever', async () => {
    const headers = await getOverHttp2(edge.port, products, secure.certificate);
    expect(headers).toMatchObject({ ':status': 200, 'strict-transport-security': hsts });
    expect(service.seen.at(-1)!.headers).toMatchObject({
      host: '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `127.0.0.1:${edge.port}`,
    });
  });

  test('the certificate of another is not trusted', async () => {
    const other = await makeCertificate();
    await expect(sendSecurely(edge.port, products, { ca: other.certificate })).rejects.toThrow();
    await other.remove();
  });
});

describe('plain HTTP on the port of TLS', () => {
  test.each(['GET', 'HEAD'])('%s is sent on', async (method) => {
    const headers = { Host: `shop.example:${edge.port}` };
    const answer = await send(edge.port, `${products}?limit=2`, { method, headers });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe(`https://shop.example:${edge.port}${products}?limit=2`);
    expect(valuesOf(answer, 'Strict-Transport-Security')).toEqual([]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s is refused, reaching nobody',
    async (method) => {
      const before = service.seen.length;
      const body = method === 'OPTIONS' ? undefined : '{"password":"sent in clear"}';
      const answer = await send(edge.port, '/api/v1/auth/login', { method, ...(body && { body }) });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 403, code: 'forbidden' });
      expect(answer.headers.location).toBeUndefined();
      expect(service.seen).toHaveLength(before);
    },
  );

  test('the listener for probes stays as it is', async () => {
    expect(await send(edge.probePort, '/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });
});

describe('the certificate of a checkout', () => {
  test('is for this machine only, and its key is readable by its owner only', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tradepost-data-'));
    const { certificateFile, keyFile } = await keepDevelopmentCertificate(directory);
    const certificate = new X509Certificate(await readFile(certificateFile));
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const again = await keepDevelopmentCertificate(directory);
    const same = new X509Certificate(await readFile(again.certificateFile));
    expect(same.fingerprint256).toBe(certificate.fingerprint256);
    await rm(directory, { recursive: true });
  });
});
