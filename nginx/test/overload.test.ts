import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './helpers/edge.ts';
import { startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, valuesOf, type Answer } from './helpers/send.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of closing.splice(0).reverse()) await stop();
});

const path = '/api/v1/orders';
const requestsAtOnce = 3;

/** Two replicas whose answers wait until they are let go, and as many requests as both may have. */
async function openFullEdge() {
  const waiting: (() => void)[] = [];
  const answerLate: RequestListener = (_req, res) => waiting.push(() => res.end('{}'));
  const replicas: FakeService[] = [];
  for (let number = 1; number <= 2; number += 1) {
    const replica = await startFakeService(answerLate);
    closing.push(() => replica.close());
    replicas.push(replica);
  }
  const ports = replicas.map(({ port }) => port);
  const upstreams = { 'auth-service': ports, 'product-service': ports, 'order-service': ports };
  const edge = await startEdge({ upstreams, settings: { requestsAtOnce } });
  closing.push(() => edge.stop());
  const held = await holdAll(edge, waiting);
  return { edge, replicas, held, letGo: () => waiting.splice(0).forEach((answer) => answer()) };
}

async function holdAll(edge: Edge, waiting: unknown[]): Promise<Promise<Answer>[]> {
  const held = Array.from({ length: 2 * requestsAtOnce }, () => send(edge.port, path));
  while (waiting.length < held.length) await new Promise((resolve) => setTimeout(resolve, 10));
  return held;
}

const countSeen = (replicas: FakeService[]): number =>
  replicas.reduce((sum, { seen }) => sum + seen.length, 0);

test.each(['GET', 'POST', 'PUT'])('%s is told to come again while every replica is full', async (method) => {
  const { edge, replicas, held, letGo } = await openFullEdge();
  const refused = await send(edge.port, path, { method, ...(method !== 'GET' && { body: '{}' }) });
  expect(refused.status).toBe(503);
  expect(valuesOf(refused, 'Retry-After')).toEqual(['1']);
  expect(valuesOf(refused, 'Content-Type')).toEqual(['application/problem+json']);
  expect(JSON.parse(refused.body)).toMatchObject({ status: 503, code: 'unavailable', instance: path });
  expect(countSeen(replicas)).toBe(held.length);
  letGo();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
});

test('there is room again as soon as one is answered', async () => {
  const { edge, held, letGo } = await openFullEdge();
  letGo();
  await Promise.all(held);
  const next = send(edge.port, path);
  await new Promise((resolve) => setTimeout(resolve, 100));
  letGo();
  expect((await next).status).toBe(200);
});

test('streams of events take no room, and find some when there is none', async () => {
  const { edge, replicas, held, letGo } = await openFullEdge();
  const streams = Array.from({ length: 20 }, (_one, index) =>
    send(edge.port, `${path}/1/events${index % 2 === 0 ? '' : '/'}?after=1`),
  );
  while (countSeen(replicas) < held.length + streams.length)
    await new Promise((resolve) => setTimeout(resolve, 10));
  letGo();
  expect((await Promise.all(streams)).map(({ status }) => status)).toEqual(streams.map(() => 200));
});
