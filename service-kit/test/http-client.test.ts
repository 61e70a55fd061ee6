import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createHttpClient, UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';

type Upstream = Awaited<ReturnType<typeof startFakeUpstream>>;
type Answer = Parameters<typeof startFakeUpstream>[0];
const started: Pick<Upstream, 'stop'>[] = [];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  jest.restoreAllMocks();
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

async function listenOn(options: { port: number; host: string }): Promise<Server> {
  const server = createServer().listen(options);
  await once(server, 'listening');
  server.on('connection', (socket) => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'));
  return server;
}

/** Gives a name its addresses, in this order. */
function nameMeans(...addresses: [address: string, family: number][]): void {
  const found = addresses.map(([address, family]) => ({ address, family }));
  jest.spyOn(dns, 'lookup').mockImplementation((...args: unknown[]) => {
    (args.at(-1) as (error: null, all: object[]) => void)(null, found);
  });
}

/** A port of ::1 that swallows packets: the process behind it is stopped, and its queue of connections is full. */
async function swallowingPort(): Promise<number> {
  const program = `require('node:net').createServer().listen({ port: 0, host: '::1', backlog: 1 }, function () {
    process.stdout.write(String(this.address().port), () => process.kill(process.pid, 'SIGSTOP'));
  })`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  const fillers = [1, 2].map(() => connect(Number(told), '::1'));
  await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  started.push({
    stop: async () => {
      fillers.forEach((filler) => filler.destroy());
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  });
  return Number(told);
}

testWithIpv6('reaches a name by its IPv4 address when its IPv6 address swallows packets', async () => {
  const port = await swallowingPort();
  const server = await listenOn({ port, host: '127.0.0.1' });
  nameMeans(['::1', 6], ['127.0.0.1', 4]);
  const client = createHttpClient([`http://both.example:${port}`], { maxRetries: 0 });
  expect((await client.call(put)).status).toBe(204);
  server.close();
});

test('knows that nothing was sent to a name none of whose addresses can be reached', async () => {
  nameMeans(['100::1', 6], ['127.0.0.1', 4]);
  const { result } = await timed(createHttpClient(['http://both.example:1'], { maxRetries: 0 }).call(put));
  expect(result).toMatchObject({ reason: { name: 'UpstreamUnavailable', sent: false } });
});

testWithIpv6('calls an IPv6 address', async () => {
  const server = await listenOn({ port: 0, host: '::1' });
  const { port } = server.address() as AddressInfo;
  expect((await createHttpClient([`http://[::1]:${port}`]).call(put)).status).toBe(204);
  server.close();
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
