import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createHttpClient,
  type HttpClient,
  UpstreamUnavailable,
} from '@tradepost/service-kit/http-client.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';

type Upstream = Awaited<ReturnType<typeof startFakeUpstream>>;
type Answer = Awaited<ReturnType<Parameters<typeof startFakeUpstream>[0]>>;

const started: Upstream[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

async function upstream(answer: () => Answer): Promise<Upstream> {
  const one = await startFakeUpstream(answer);
  started.push(one);
  return one;
}

const get = { method: 'GET', path: '/things/1' } as const;

async function failure(
  client: HttpClient,
  more: { deadlineMs?: number; mayHang?: boolean } = {},
): Promise<UpstreamUnavailable> {
  const error = await client.call({ ...get, ...more }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UpstreamUnavailable);
  return error as UpstreamUnavailable;
}

test('retries are at most a tenth of the calls, beyond the first ten', async () => {
  const { url, calls } = await upstream(() => ({ status: 503, body: {} }));
  const client = createHttpClient([url]);
  for (let call = 0; call < 100; call += 1) await failure(client);
  expect(calls.length).toBeGreaterThanOrEqual(110);
  expect(calls.length).toBeLessThanOrEqual(120);
});

test('a client without retries sends each call once', async () => {
  const { url, calls } = await upstream(() => 'reset');
  await failure(createHttpClient([url], { maxRetries: 0 }));
  expect(calls).toHaveLength(1);
});

test('after ten calls in a row without an answer nobody is asked for a second, and then one call tries', async () => {
  let answer: Answer = 'reset';
  const { url, calls } = await upstream(() => answer);
  const client = createHttpClient([url], { maxRetries: 0 });
  for (let call = 0; call < 10; call += 1) expect((await failure(client)).sent).toBe(true);
  expect(client.isBroken()).toBe(true);
  for (let call = 0; call < 10; call += 1) expect((await failure(client)).sent).toBe(false);
  expect(calls).toHaveLength(10);

  answer = { status: 200, body: {} };
  await sleep(1_050);
  expect((await client.call(get)).status).toBe(200);
  expect(client.isBroken()).toBe(false);
});

test('calls that may hang break no circuit, and other calls are sent at once', async () => {
  let answer: Answer = 'hang';
  const { url } = await upstream(() => answer);
  const client = createHttpClient([url], { maxRetries: 0 });
  const hanging = Array.from({ length: 30 }, () => failure(client, { deadlineMs: 50, mayHang: true }));
  for (const error of await Promise.all(hanging))
    expect(error).toMatchObject({ sent: true, answered: false });
  expect(client.isBroken()).toBe(false);
  answer = { status: 200, body: {} };
  expect((await client.call(get)).status).toBe(200);
});

test('calls that may hang, and cannot be sent, count like all others', async () => {
  const client = createHttpClient(['http://127.0.0.1:1'], { maxRetries: 0 });
  for (let call = 0; call < 10; call += 1) await failure(client, { mayHang: true });
  expect(client.isBroken()).toBe(true);
});

test('a call that waits in vain for the trial of a broken circuit counts as not sent', async () => {
  let answer: Answer | Promise<Answer> = 'reset';
  const one = await startFakeUpstream(() => answer);
  started.push(one);
  const client = createHttpClient([one.url], { maxRetries: 0 });
  for (let call = 0; call < 10; call += 1) await failure(client);
  await sleep(1_050);
  answer = sleep(150).then(() => ({ status: 200, body: {} }));
  const trial = client.call(get);
  expect(await failure(client, { deadlineMs: 50 })).toMatchObject({ sent: false });
  expect((await trial).status).toBe(200);
});

test('who answers that it fails goes on being asked', async () => {
  const { url, calls } = await upstream(() => ({ status: 503, body: {} }));
  const client = createHttpClient([url], { maxRetries: 0 });
  for (let call = 0; call < 30; call += 1)
    expect(await failure(client)).toMatchObject({ sent: true, answered: true });
  expect(calls).toHaveLength(30);
  expect(client.isBroken()).toBe(false);
});

test('a call that found nobody was not sent, one whose answer is lost may have been', async () => {
  expect(await failure(createHttpClient(['http://127.0.0.1:1']))).toMatchObject({ sent: false });
  const { url } = await upstream(() => 'reset');
  expect(await failure(createHttpClient([url]))).toMatchObject({ sent: true, answered: false });
});
