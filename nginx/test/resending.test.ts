import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './helpers/edge.ts';
import { echo, startFakeService, type FakeService } from './helpers/fake-service.ts';
import { send, valuesOf } from './helpers/send.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of closing.splice(0).reverse()) await stop();
});

async function edgeBefore(ports: number[]): Promise<Edge> {
  const upstreams = { 'auth-service': ports, 'product-service': ports, 'order-service': ports };
  const edge = await startEdge({ upstreams, settings: { proxyReadTimeoutSeconds: 1 } });
  closing.push(() => edge.stop());
  return edge;
}

async function replica(answer?: Parameters<typeof startFakeService>[0], port?: number): Promise<FakeService> {
  const service = await startFakeService(answer, port);
  closing.push(() => service.close().catch(() => undefined));
  return service;
}

const path = '/api/v1/products/1';
const movable = ['GET', 'HEAD', 'OPTIONS'];
const unmovable = ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];

function sendWithBody(port: number, method: string) {
  return send(port, path, { method, ...(!movable.includes(method) && { body: '{"stock":-1}' }) });
}

describe('two replicas that take a request and die', () => {
  async function twoDying() {
    const replicas = [await replica(), await replica()];
    for (const one of replicas) one.answer = (req) => req.socket.destroy();
    const edge = await edgeBefore(replicas.map(({ port }) => port));
    return { edge, executions: () => replicas.reduce((sum, one) => sum + one.seen.length, 0) };
  }

  test.each(movable)('%s is tried at the other', async (method) => {
    const { edge, executions } = await twoDying();
    expect((await sendWithBody(edge.port, method)).status).toBe(502);
    expect(executions()).toBe(2);
  });

  test.each(unmovable)('%s is executed once', async (method) => {
    const { edge, executions } = await twoDying();
    const answer = await sendWithBody(edge.port, method);
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'bad-gateway', instance: path });
    expect(executions()).toBe(1);
  });
});

describe('two replicas that take a request and say nothing', () => {
  async function twoSilent() {
    const replicas = [await replica(() => undefined), await replica(() => undefined)];
    const edge = await edgeBefore(replicas.map(({ port }) => port));
    return { edge, executions: () => replicas.reduce((sum, one) => sum + one.seen.length, 0) };
  }

  test.each([
    ['GET', 2],
    ['HEAD', 2],
    ['POST', 1],
    ['PUT', 1],
    ['PATCH', 1],
    ['DELETE', 1],
  ])('%s arrives %i times', async (method, times) => {
    const { edge, executions } = await twoSilent();
    expect((await sendWithBody(edge.port, method)).status).toBe(504);
    expect(executions()).toBe(times);
  });
});

test.each(unmovable)('%s is executed once on a connection that was kept open, too', async (method) => {
  const replicas = [await replica(), await replica()];
  const edge = await edgeBefore(replicas.map(({ port }) => port));
  // When a kept connection breaks, Nginx takes it for an old one and allows itself one more try.
  for (let round = 0; round < 8; round += 1) await sendWithBody(edge.port, 'GET');
  for (const one of replicas) {
    one.seen.length = 0;
    one.answer = (req) => req.socket.destroy();
  }
  expect((await sendWithBody(edge.port, method)).status).toBe(502);
  expect(replicas.reduce((sum, one) => sum + one.seen.length, 0)).toBe(1);
});

describe('one of two replicas is gone', () => {
  async function oneGone() {
    const alive = await replica();
    const gone = await startFakeService();
    await gone.close();
    return { alive, gonePort: gone.port, edge: await edgeBefore([gone.port, alive.port]) };
  }

  test.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PATCH'])('%s always finds the other', async (method) => {
    const { alive, edge } = await oneGone();
    for (let round = 0; round < 6; round += 1)
      expect((await sendWithBody(edge.port, method)).status).toBe(200);
    expect(alive.seen).toHaveLength(6);
  });

  test.each(['PUT', 'DELETE'])(
    '%s fails at most once a second, then the dead one is avoided',
    async (method) => {
      const { alive, edge } = await oneGone();
      const statuses: number[] = [];
      for (let round = 0; round < 20; round += 1)
        statuses.push((await sendWithBody(edge.port, method)).status);
      // Two, when the second on Nginx's clock ends meanwhile.
      expect(statuses.filter((status) => status === 502).length).toBeLessThanOrEqual(2);
      expect(alive.seen).toHaveLength(statuses.filter((status) => status === 200).length);
    },
  );

  test('it is used again a second after it came back', async () => {
    const { gonePort, edge } = await oneGone();
    await sendWithBody(edge.port, 'GET');
    const back = await replica(echo, gonePort);
    await sleep(1_100);
    for (let round = 0; round < 6; round += 1)
      expect((await sendWithBody(edge.port, 'GET')).status).toBe(200);
    expect(back.seen.length).toBeGreaterThan(0);
  });
});

test('when nobody is there, the answer comes at once', async () => {
  const gone = [await startFakeService(), await startFakeService()];
  for (const one of gone) await one.close();
  const edge = await edgeBefore(gone.map(({ port }) => port));
  const startedAt = performance.now();
  for (const method of [...movable, ...unmovable]) {
    const answer = await sendWithBody(edge.port, method);
    // Who was refused a connection is not asked again within the same second.
    expect([502, 503]).toContain(answer.status);
    expect(valuesOf(answer, 'Content-Type')).toEqual(['application/problem+json']);
  }
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('connections to a replica are kept and used again, for every method', async () => {
  const service = await replica();
  const edge = await edgeBefore([service.port]);
  for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
    for (let round = 0; round < 15; round += 1) {
      expect((await sendWithBody(edge.port, method)).status).toBe(200);
    }
  }
  // Each of Nginx's workers keeps its own, and there is one for each processor.
  expect(service.connections).toBeLessThanOrEqual(availableParallelism());
});
