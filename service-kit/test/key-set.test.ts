import { generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
import { fetchIssuerKeys, issuerKeys } from '@tradepost/service-kit/key-set.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { recordingLogger } from './helpers/kit-app.ts';

type Upstream = Awaited<ReturnType<typeof startFakeUpstream>>;
let issuer: Upstream | undefined;
afterEach(async () => {
  await issuer?.stop();
  issuer = undefined;
});

const jwk = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
});

async function startIssuer(...kids: string[]) {
  const keys = kids.map(jwk);
  const started = await startFakeUpstream(() => ({ status: 200, body: { keys } }));
  issuer = started;
  return { calls: started.calls, find: issuerKeys([`${started.url}/jwks`]), keys, stop: started.stop };
}

test('are fetched when the first is needed, once for many at once', async () => {
  const { calls, find } = await startIssuer('a', 'b');
  expect(calls).toHaveLength(0);
  const found = await Promise.all(Array.from({ length: 20 }, (_, index) => find(index % 2 ? 'a' : 'b')));
  expect(found.every((key) => key?.type === 'public')).toBe(true);
  expect(calls.map(({ path }) => path)).toEqual(['/jwks']);
});

test('go on serving while the issuer is away', async () => {
  const { find, stop } = await startIssuer('a');
  await find('a');
  await stop();
  issuer = undefined;
  expect((await find('a'))?.type).toBe('public');
  expect(await find('unknown')).toBeUndefined();
});

test('are not asked for at every token with an invented kid', async () => {
  const { calls, find } = await startIssuer('a');
  await find('a');
  for (let index = 0; index < 50; index += 1) expect(await find(`invented-${index}`)).toBeUndefined();
  expect(calls).toHaveLength(1);
});

test('are asked for again when a new kid appears', async () => {
  const { calls, find, keys } = await startIssuer('a');
  await find('a');
  keys.push(jwk('new'));
  await new Promise((resolve) => setTimeout(resolve, 2_050));
  expect((await find('new'))?.type).toBe('public');
  expect((await find('a'))?.type).toBe('public');
  expect(calls).toHaveLength(2);
});

test('that have grown old are fetched again, and nobody waits for that who has theirs at hand', async () => {
  let isFrozen = false;
  const keys = [jwk('a')];
  issuer = await startFakeUpstream(() => (isFrozen ? 'hang' : { status: 200, body: { keys } }));
  const find = issuerKeys([`${issuer.url}/jwks`]);
  await find('a');
  isFrozen = true;
  const now = performance.now();
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 301_000);
  const key = await find('a');
  clock.mockRestore();
  expect(key?.type).toBe('public');
  expect(performance.now() - now).toBeLessThan(500);
  while (issuer.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('that nobody ever gave are a 503', async () => {
  const find = issuerKeys(['http://127.0.0.1:1/jwks']);
  await expect(find('a')).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
});

test('are there before the first request of a process that fetches them ahead', async () => {
  const logger = recordingLogger();
  const keys = [jwk('a')];
  let answers = 0;
  issuer = await startFakeUpstream(() =>
    (answers += 1) <= 4 ? { status: 503 } : { status: 200, body: { keys } },
  );
  const find = await fetchIssuerKeys([`${issuer.url}/jwks`], logger);
  const before = answers;
  expect((await find('a'))?.type).toBe('public');
  expect(answers).toBe(before);
  expect(logger.lines).toEqual([]);
});

test('that cannot be had for ten seconds do not keep a process from starting', async () => {
  const logger = recordingLogger();
  const find = await fetchIssuerKeys(['http://127.0.0.1:1/jwks'], logger);
  expect(logger.lines.map(({ message }) => message)).toEqual([
    'waiting for the keys of access tokens',
    'starting without the keys of access tokens',
  ]);
  await expect(find('a')).rejects.toMatchObject({ status: 503 });
});
