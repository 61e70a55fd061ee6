import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authenticateUsers } from '@tradepost/service-kit/authenticate.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSigningKeys, type SigningKeys } from '../src/signing-keys/load-signing-keys.ts';
import { rotateSigningKey } from '../src/signing-keys/rotate-signing-key.ts';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

const expected = { issuer: 'tradepost', audience: 'tradepost' };
let app: AuthApp;
let replicas: SigningKeys[];
beforeEach(async () => {
  app = await startAuthApp({ poolSize: 5 });
  const loaded = [loadSigningKeys(app.database), loadSigningKeys(app.database)];
  // The app that answers is one of the three.
  replicas = [app.keys, ...(await Promise.all(loaded))];
});
afterEach(() => app.stop());

const look = () => Promise.all(replicas.map((keys) => keys.look()));
const signing = (): string[] => replicas.map((keys) => keys.current().kid);
const published = (): string[][] => replicas.map((keys) => keys.published().keys.map(({ kid }) => kid));
const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

async function shiftBack(minutes: number): Promise<void> {
  await app.database.change(
    'UPDATE signing_keys SET signs_from = signs_from - INTERVAL :minutes MINUTE, created_at = created_at',
    { minutes },
  );
}

test('three replicas publish the next key before it signs, and sign with it at the same time', async () => {
  const old = app.keys.current().kid;
  const { kid, isNew, seconds } = await rotateSigningKey(app.database, 1);
  expect({ isNew, seconds }).toEqual({ isNew: true, seconds: expect.any(Number) });
  await look();
  expect(published()).toEqual(Array(3).fill([kid, old]));
  expect(signing()).toEqual([old, old, old]);
  await sleep(1_100);
  await look();
  expect(signing()).toEqual([kid, kid, kid]);
  expect(published()).toEqual(Array(3).fill([kid, old]));
});

test('a token of the old key is good until it ends', async () => {
  const before = await app.register();
  const { kid } = await rotateSigningKey(app.database, 0);
  await look();
  const after = await app.logIn(before);
  expect(kidOf(after.accessToken)).toBe(kid);
  expect(kidOf(before.accessToken)).not.toBe(kid);
  const authenticate = authenticateUsers(app.keys.find, expected);
  for (const { bearer } of [before, after])
    expect(await authenticate(bearer)).toMatchObject({ id: before.id });
});

test('the old key is gone from all replicas and from the table 20 minutes after the new one signs', async () => {
  const old = app.keys.current().kid;
  const { kid } = await rotateSigningKey(app.database, 0);
  await shiftBack(19);
  await look();
  expect(published()).toEqual(Array(3).fill([kid, old]));
  await shiftBack(2);
  await look();
  expect(published()).toEqual(Array(3).fill([kid]));
  expect(await app.database.select('SELECT kid FROM signing_keys')).toEqual([{ kid }]);
  expect(await app.keys.find(old)).toBeUndefined();
});

test('of ten rotations at once one makes a key, and the others name it', async () => {
  const results = await Promise.all(Array.from({ length: 10 }, () => rotateSigningKey(app.database, 60)));
  expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(new Set(results.map(({ kid }) => kid)).size).toBe(1);
  expect(await app.database.select('SELECT kid FROM signing_keys')).toHaveLength(2);
});

test('a token for a key that is on its way is still signed by the one that signs', async () => {
  const old = app.keys.current().kid;
  await rotateSigningKey(app.database, 60);
  await look();
  expect(kidOf((await app.register()).accessToken)).toBe(old);
});
