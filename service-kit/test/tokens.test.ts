import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  authenticateServices,
  authenticateUsers,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { writeServiceKeys } from '../../testing/service-keys.ts';
import jwt, { type Algorithm } from 'jsonwebtoken';
import { type KitApp, somebody, startKitApp } from './helpers/kit-app.ts';

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const expected = { issuer: 'tradepost', audience: 'tradepost' };
const services = writeServiceKeys(['alpha', 'beta']);
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: 'tradepost',
  aud: 'tradepost',
  sub: somebody,
  roles: ['customer'],
  sid: 's',
  exp: now + 900,
};

let users: KitApp;
let callees: KitApp;
const asked: string[] = [];

const whoAmI = route({
  method: 'get',
  path: '/me',
  summary: 'Who calls',
  access: 'user',
  answers: { 200: null },
  handle: () => ({ status: 200, body: null }),
});

beforeAll(async () => {
  const findKey = (kid: string) => {
    asked.push(kid);
    return Promise.resolve(kid === 'own' ? own.publicKey : undefined);
  };
  users = await startKitApp([whoAmI], { authenticate: authenticateUsers(findKey, expected) });
  callees = await startKitApp([whoAmI], {
    authenticate: authenticateServices(services.publicKeysFile, 'beta'),
  });
});
afterAll(() => Promise.all([users.close(), callees.close()]));

interface Header {
  alg?: string;
  typ?: string;
  kid?: string;
  [name: string]: unknown;
}

function sign(content: object, header: Header = {}, key: KeyObject = own.privateKey): string {
  const full = { alg: 'ES256', typ: 'at+jwt', kid: 'own', ...header };
  return jwt.sign(content, key, { algorithm: full.alg as Algorithm, header: full });
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function signHmac(alg: string, secret: string): string {
  const input = `${encode({ alg, typ: 'at+jwt', kid: 'own' })}.${encode(claims)}`;
  return `${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`;
}

const ask = (app: KitApp, authorization: string) =>
  app.request.get('/me').set('Authorization', authorization);
const publicPem = own.publicKey.export({ type: 'spki', format: 'pem' }) as string;

test('a good token is accepted, again and again', async () => {
  const token = sign(claims);
  await ask(users, `Bearer ${token}`).expect(200);
  await ask(users, `bearer   ${token}`).expect(200);
});

const without = (name: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
const unsigned = (alg: string) => `${encode({ alg, typ: 'at+jwt', kid: 'own' })}.${encode(claims)}.`;
const tampered = () => {
  const [header, , signature] = sign(claims).split('.');
  return `${header}.${encode({ ...claims, roles: ['admin'] })}.${signature}`;
};

test.each<[string, string]>([
  ['alg none', unsigned('none')],
  ['alg None', unsigned('None')],
  ['alg NONE', unsigned('NONE')],
  ['alg none with some signature', `${unsigned('none')}AAAA`],
  ['HS256 with the public key as its secret', signHmac('HS256', publicPem)],
  ['HS384 with the public key as its secret', signHmac('HS384', publicPem)],
  ['HS512 with an empty secret', signHmac('HS512', '')],
  ['changed claims', tampered()],
  ['the key of a stranger', sign(claims, {}, stranger.privateKey)],
  ['a typ of JWT', sign(claims, { typ: 'JWT' })],
  ['no typ', sign(claims, { typ: undefined as never })],
  ['the typ of a service token', sign(claims, { typ: 'service+jwt' })],
  ['another issuer', sign({ ...claims, iss: 'elsewhere' })],
  ['no issuer', sign(without('iss'))],
  ['another audience', sign({ ...claims, aud: 'elsewhere' })],
  ['no audience', sign(without('aud'))],
  ['no exp', sign(without('exp'))],
  ['no sub', sign(without('sub'))],
  ['its time over', sign({ ...claims, exp: now - 1 })],
  ['its time to come', sign({ ...claims, nbf: now + 60 })],
  ['an unknown kid', sign(claims, { kid: 'other' })],
  ['no kid', sign(claims, { kid: undefined as never })],
  ['a path for its kid', sign(claims, { kid: '../../dev/null' })],
  ['SQL for its kid', sign(claims, { kid: "x' UNION SELECT 'key" })],
  [
    'its own key along',
    sign(claims, { kid: 'x', jwk: stranger.publicKey.export({ format: 'jwk' }) }, stranger.privateKey),
  ],
  ['the address of its key', sign(claims, { kid: 'x', jku: 'http://127.0.0.1/keys' }, stranger.privateKey)],
])('a token with %s is refused', async (_name, token) => {
  const answer = await ask(users, `Bearer ${token}`).expect(401);
  expect(answer.body.code).toBe('unauthenticated');
  expect(answer.get('WWW-Authenticate')).toBe('Bearer');
});

test.each([
  '',
  'Bearer',
  'Bearer ',
  'Bearer x',
  'Bearer a.b',
  'Bearer a.b.c',
  'Bearer a.b.c.d',
  'Basic eDp5',
  'a.b.c',
])('the header %p is refused', async (authorization) => {
  await ask(users, authorization).expect(401);
});

test('a token in the query is not read', async () => {
  await users.request.get(`/me?access_token=${sign(claims)}`).expect(401);
});

test('a token that was accepted is refused once it has expired', async () => {
  const token = sign({ ...claims, exp: Math.floor(Date.now() / 1000) + 2 });
  await ask(users, `Bearer ${token}`).expect(200);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await ask(users, `Bearer ${token}`).expect(401);
});

test('a token that was accepted is refused once its key is withdrawn', async () => {
  const keys = new Map([['own', own.publicKey]]);
  const authenticate = authenticateUsers((kid) => Promise.resolve(keys.get(kid)), expected);
  const authorization = `Bearer ${sign(claims)}`;
  expect(await authenticate(authorization)).toMatchObject({ id: somebody });
  keys.clear();
  await expect(authenticate(authorization)).rejects.toMatchObject({ code: 'unauthenticated' });
});

const alpha = readSigningKey(services.keyFile('alpha'));

test('a service is known by the key of its name', async () => {
  await ask(callees, serviceAuthorization(alpha, 'alpha', 'beta')()).expect(200);
});

test.each<[string, string]>([
  ['for another callee', serviceAuthorization(alpha, 'alpha', 'gamma')()],
  ['in the name of another', serviceAuthorization(alpha, 'beta', 'beta')()],
  ['of an unknown service', serviceAuthorization(alpha, 'delta', 'beta')()],
  ['of a person', `Bearer ${sign(claims)}`],
  [
    'of the type of a person',
    `Bearer ${sign({ ...claims, iss: 'alpha', aud: 'beta' }, { kid: 'alpha' }, alpha.privateKey)}`,
  ],
])('a service token %s is refused', async (_name, authorization) => {
  await ask(callees, authorization).expect(401);
});

test('a service token is not accepted from a person', async () => {
  await ask(users, serviceAuthorization(alpha, 'alpha', 'tradepost')()).expect(401);
  const typed = { typ: 'service+jwt', kid: 'own' };
  await ask(users, `Bearer ${sign({ ...claims }, typed)}`).expect(401);
});

test('a service token lives 60 s and is used for half of that', () => {
  const authorization = serviceAuthorization(alpha, 'alpha', 'beta');
  const first = authorization();
  expect(authorization()).toBe(first);
  const { exp } = jwt.decode(first.slice('Bearer '.length)) as { exp: number };
  expect(exp - Date.now() / 1000).toBeGreaterThan(57);
  expect(exp - Date.now() / 1000).toBeLessThanOrEqual(60);
});

const seconds = () => Math.floor(Date.now() / 1000);
const ofAlpha = (times: object) =>
  `Bearer ${sign({ iss: 'alpha', aud: 'beta', sub: 'alpha', ...times }, { typ: 'service+jwt', kid: 'alpha' }, alpha.privateKey)}`;

test.each<[string, number, () => object]>([
  ['that expired 55 s ago is accepted', 200, () => ({ exp: seconds() - 55 })],
  ['that expired 61 s ago is refused', 401, () => ({ exp: seconds() - 61 })],
  ['that begins in 55 s is accepted', 200, () => ({ exp: seconds() + 120, nbf: seconds() + 55 })],
  ['that begins in 70 s is refused', 401, () => ({ exp: seconds() + 120, nbf: seconds() + 70 })],
  ['that is to be issued in 55 s is accepted', 200, () => ({ exp: seconds() + 120, iat: seconds() + 55 })],
])('a service token %s', async (_name, status, times) => {
  await ask(callees, ofAlpha(times())).expect(status);
});

test('a service token is signed and judged by the given clock', async () => {
  const clock = { now: () => Date.now() - 600_000 };
  const slow = authenticateServices(services.publicKeysFile, 'beta', clock);
  const token = serviceAuthorization(alpha, 'alpha', 'beta')(clock.now());
  await expect(slow(token)).resolves.toMatchObject({ id: 'alpha' });
  await ask(callees, token).expect(401);
});

test('a service token is signed anew when its clock has been set', () => {
  const authorization = serviceAuthorization(alpha, 'alpha', 'beta');
  const [first, later, earlier] = [0, 600_000, 0].map((offset) => authorization(Date.now() + offset));
  const expOf = (header: string) => (jwt.decode(header.slice('Bearer '.length)) as { exp: number }).exp;
  expect(expOf(later!) - expOf(first!)).toBeGreaterThan(590);
  expect(expOf(earlier!) - expOf(first!)).toBeLessThan(10);
});

test('an access token is judged by the given clock, without leeway', async () => {
  const offset = { ms: 0 };
  const clock = { now: () => Date.now() + offset.ms };
  const authenticate = authenticateUsers(() => Promise.resolve(own.publicKey), { ...expected, clock });
  const token = `Bearer ${sign({ ...claims, exp: seconds() + 900 })}`;
  offset.ms = -600_000;
  const over = `Bearer ${sign({ ...claims, exp: seconds() - 1 })}`;
  await expect(authenticate(over)).resolves.toMatchObject({ id: somebody });
  await expect(authenticate(token)).resolves.toMatchObject({ id: somebody });
  offset.ms = 900_001;
  await expect(authenticate(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(authenticate(over)).rejects.toMatchObject({ code: 'unauthenticated' });
});
