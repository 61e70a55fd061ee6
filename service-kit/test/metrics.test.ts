import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createOpsServer, type Health } from '@tradepost/service-kit/health.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { type KitApp, recordingLogger, startKitApp } from './helpers/kit-app.ts';

const metrics = createMetrics();
const logger = recordingLogger();
const health: Health = { started: false, reachable: true, draining: false, streams: new Set<never>() };
const ops = createOpsServer(health, { metrics, logger }).listen(0, '127.0.0.1');
let app: KitApp;
let opsUrl = '';

beforeAll(async () => {
  if (!ops.listening) await once(ops, 'listening');
  opsUrl = `http://127.0.0.1:${(ops.address() as AddressInfo).port}`;
  app = await startKitApp(
    [
      route({
        method: 'get',
        path: '/things/{id}',
        summary: 'A thing',
        access: 'anyone',
        params: z.strictObject({ id: z.string() }),
        answers: { 200: null },
        handle: ({ params }) => {
          if (params.id === 'missing') throw notFound('There is none.');
          return { status: 200, body: null };
        },
      }),
    ],
    { metrics, logger },
  );
});
afterAll(async () => {
  await app.close();
  ops.close();
});

test('count requests by route and status, not by path', async () => {
  await app.request.get('/things/1').expect(200);
  await app.request.get('/things/2').expect(200);
  await app.request.get('/things/missing').expect(404);
  const answer = await fetch(`${opsUrl}/metrics`);
  expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const count = (status: number) =>
    `http_request_duration_seconds_count{method="GET",route="/things/{id}",status="${status}"}`;
  expect(text).toContain(`${count(200)} 2\n`);
  expect(text).toContain(`${count(404)} 1\n`);
  expect(text).not.toContain('/things/1');
  expect(text).toContain('process_resident_memory_bytes');
});

test('count events', async () => {
  const happened = metrics.counter('things_made_total', 'Things made');
  happened();
  happened();
  expect((await metrics.expose()).text).toContain('things_made_total 2\n');
});

test('look a figure up whenever they are asked for, and do without one that cannot be had', async () => {
  let size = 1;
  metrics.gauge('things_stored', 'Things stored', () => Promise.resolve(size));
  metrics.gauge('things_lost', 'Things lost', () => Promise.reject(new Error('the database is away')));
  expect((await metrics.expose()).text).toContain('things_stored 1\n');
  size = 2;
  const { text } = await metrics.expose();
  expect(text).toContain('things_stored 2\n');
  expect(text).toContain('things_lost Nan\n');
});

test('wait a second for a figure that does not come, and no longer', async () => {
  const slow = createMetrics();
  slow.gauge('things_stored', 'Things stored', () => new Promise<never>(() => undefined));
  const askedAt = performance.now();
  expect((await slow.expose()).text).toContain('things_stored Nan\n');
  expect(performance.now() - askedAt).toBeLessThan(2_000);
});

test('tell how the pool of the database is used', async () => {
  const { text } = await createMetrics(() => ({ used: 3, idle: 2, waiting: 1 })).expose();
  expect(text).toContain('db_pool_used_connections 3\n');
  expect(text).toContain('db_pool_idle_connections 2\n');
  expect(text).toContain('db_pool_waiting_queries 1\n');
});

test('an unknown path has one label', async () => {
  await app.request.get('/a-path-that-is-not-there').expect(404);
  const { text } = await metrics.expose();
  expect(text).toContain('route="unknown",status="404"');
  expect(text).not.toContain('a-path-that-is-not-there');
});

test('each request is logged when it is answered', async () => {
  logger.lines.length = 0;
  await app.request.get('/things/1').expect(200);
  expect(logger.lines).toEqual([
    {
      level: 'debug',
      message: 'request',
      fields: { method: 'GET', route: '/things/{id}', status: 200, ms: expect.any(Number) },
    },
  ]);
});

test('probes answer by their status', async () => {
  const probe = async (path: string) => (await fetch(`${opsUrl}${path}`)).status;
  expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([200, 503, 503]);
  Object.assign(health, { started: true, ready: true });
  expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([200, 200, 200]);
  expect(await probe('/things/1')).toBe(404);
});
