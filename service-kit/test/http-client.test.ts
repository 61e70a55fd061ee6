import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createHttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';

type Upstream = Awaited<ReturnType<typeof startFakeUpstream>>;
type Answer = Parameters<typeof startFakeUpstream>[0];
const started: Upstream[] = [];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  await Promise.all(started.splice(0).map((upstream) => upstream.stop()));
});

async function upstream(answer: Answer): Promise<Upstream> {
  const fake = await startFakeUpstream(answer);
  started.push(fake);
  return fake;
}

const put = { method: 'PUT', path: '/things/1', body: { name: 'a' } } as const;

async function timed<T>(
  work: Promise<T>,
): Promise<{ ms: number; result: PromiseSettledResult<T> | undefined }> {
  const startedAt = performance.now();
  const [result] = await Promise.allSettled([work]);
  return { ms: performance.now() - startedAt, result };
}

test('sends a call and gives the answer, also a refusal', async () => {
  const { url, calls } = await upstream(({ path }) => ({
    status: path === '/things/1' ? 200 : 409,
    body: { path },
  }));
  const client = createHttpClient([url], { authorization: () => 'Bearer x' });
  expect(await client.call(put)).toEqual({ status: 200, body: { path: '/things/1' } });
  expect(await client.call({ method: 'GET', path: '/other' })).toEqual({
    status: 409,
    body: { path: '/other' },
  });
  expect(calls[0]).toMatchObject({
    method: 'PUT',
    body: { name: 'a' },
    headers: { authorization: 'Bearer x' },
  });
});

test('an answer of more than 10 MB counts as none', async () => {
  const { url } = await upstream(() => ({ status: 200, body: 'x'.repeat(10_000_000) }));
  const { result } = await timed(createHttpClient([url], { maxRetries: 0 }).call(put));
  expect(result).toMatchObject({ status: 'rejected', reason: { sent: true, answered: false } });
});

test.each(['reset', 'failing'] as const)('repeats a call whose first answer is lost: %s', async (fault) => {
  let left = 2;
  const { url, calls } = await upstream(() => {
    left -= 1;
    if (left < 0) return { status: 200, body: {} };
    return fault === 'reset' ? 'reset' : { status: 503 };
  });
  expect((await createHttpClient([url]).call(put)).status).toBe(200);
  expect(calls).toHaveLength(3);
});

test('gives up after two repeats', async () => {
  const { url, calls } = await upstream(() => 'reset');
  await expect(createHttpClient([url]).call(put)).rejects.toThrow(UpstreamUnavailable);
  expect(calls).toHaveLength(3);
});

test('goes to another replica when one is gone', async () => {
  const { url, calls } = await upstream(() => ({ status: 200, body: {} }));
  const client = createHttpClient(['http://127.0.0.1:1', url]);
  for (let call = 0; call < 4; call += 1) expect((await client.call(put)).status).toBe(200);
  expect(calls).toHaveLength(4);
});

test('waits 1 s for an answer, not longer, whatever the repeats', async () => {
  const { url } = await upstream(() => 'hang');
  const { ms, result } = await timed(createHttpClient([url]).call(put));
  expect(result).toMatchObject({ status: 'rejected', reason: { name: 'UpstreamUnavailable' } });
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(1_600);
});

test('gives up at once on a port where nobody listens', async () => {
  const { ms, result } = await timed(createHttpClient(['http://127.0.0.1:1']).call(put));
  expect(result).toMatchObject({ status: 'rejected', reason: { name: 'UpstreamUnavailable' } });
  expect(ms).toBeLessThan(900);
});

test('repeats within the second when the first try hangs at connecting', async () => {
  // A server that accepts nothing: its queue is full, and further connections get no reply.
  const full = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
  await once(full, 'listening');
  const dead = `http://10.255.255.1:${(full.address() as AddressInfo).port}`;
  const { url } = await upstream(() => ({ status: 200, body: {} }));
  const { ms, result } = await timed(createHttpClient([dead, url]).call(put));
  full.close();
  expect(result).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
  expect(ms).toBeLessThan(900);
});

test('is refused inside a transaction, and nothing is sent', async () => {
  const { url, calls } = await upstream(() => ({ status: 200, body: {} }));
  const client = createHttpClient([url]);
  await expect(database.transaction(() => client.call(put))).rejects.toThrow('inside a database transaction');
  expect(calls).toHaveLength(0);
  await client.call(put);
  expect(calls).toHaveLength(1);
});

test('passes on the id of the request and its trace', async () => {
  const { url, calls } = await upstream(() => ({ status: 200, body: {} }));
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await runInContext(() => createHttpClient([url]).call(put), { requestId: 'abc-1', traceparent });
  expect(calls[0]?.headers).toMatchObject({ 'x-request-id': 'abc-1', traceparent });
});

test('follows no redirect', async () => {
  const { url, calls } = await upstream(() => ({ status: 302, body: {} }));
  expect((await createHttpClient([url]).call(put)).status).toBe(302);
  expect(calls).toHaveLength(1);
});
