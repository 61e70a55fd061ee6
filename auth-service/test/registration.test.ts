import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthApp, goodPassword, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

const register = (body: object) => app.request.post('/api/v1/auth/register').send(body);
const countUsers = async (): Promise<number> => {
  const [row] = await app.database.select<{ count: number }>('SELECT COUNT(*) AS count FROM users');
  return Number(row?.count);
};

test('makes an account of a customer and logs in', async () => {
  const answer = await register({
    email: 'Ada@Example.org',
    password: goodPassword,
    displayName: 'Ada',
    phone: '+44 20 7946 0000',
  }).expect(201);
  const { user, expiresIn, accessToken } = answer.body;
  expect(user).toMatchObject({
    email: 'ada@example.org',
    displayName: 'Ada',
    phone: '+44 20 7946 0000',
    roles: ['customer'],
    emailVerified: false,
    version: 1,
  });
  expect(user.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(user.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Math.abs(Date.now() - Date.parse(user.createdAt))).toBeLessThan(60_000);
  expect(expiresIn).toBe(900);
  expect(answer.get('Location')).toBe(`/api/v1/users/${user.id}`);
  expect(answer.get('ETag')).toBe('"1"');
  expect(answer.get('Cache-Control')).toBe('no-store');
  const me = await app.request
    .get('/api/v1/users/me')
    .set('Authorization', `Bearer ${accessToken}`)
    .expect(200);
  expect(me.body).toEqual(user);
});

test('names nothing personal in the access token', async () => {
  const { accessToken } = await app.register({ displayName: 'Grace Hopper' });
  const [header, claims] = accessToken
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: app.keys.current().kid });
  expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'roles', 'sid', 'sub']);
  expect(claims.exp - claims.iat).toBe(900);
});

test('refuses an address that has an account, also in another case', async () => {
  const { email } = await app.register();
  const { body } = await register({ email: email.toUpperCase(), password: goodPassword }).expect(409);
  expect(body.code).toBe('email-taken');
});

test('lets one of many at once have an address', async () => {
  const email = 'contested@example.org';
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => register({ email, password: goodPassword })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
});

test('names every fault at once, and stores nobody', async () => {
  const before = await countUsers();
  const { body } = await register({
    email: 'nobody',
    password: 'short',
    displayName: ' ',
    phone: 'x',
  }).expect(400);
  expect(body.code).toBe('validation-failed');
  const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(pointers.sort()).toEqual(['/displayName', '/email', '/password', '/phone']);
  expect(await countUsers()).toBe(before);
});

test.each(['role', 'roles', 'id', 'emailVerified', 'version'])(
  'refuses the unknown field %s',
  async (field) => {
    const { body } = await register({
      email: 'x@example.org',
      password: goodPassword,
      [field]: 'admin',
    }).expect(400);
    expect(body.errors).toEqual([{ pointer: `/${field}`, message: 'is not a known field' }]);
  },
);

describe('a password', () => {
  const withPassword = (password: string) => register({ email: `p${Math.random()}@example.org`, password });

  test.each([
    ['10 bytes', 'zq8-kw3!pv'],
    ['72 bytes', 'zq8-'.repeat(18)],
    ['72 bytes of emoji', '🦉'.repeat(18)],
    ['spaces', '   zq8 kw3   '],
  ])('may have %s', async (_name, password) => {
    const answer = await withPassword(password).expect(201);
    const { email } = answer.body.user;
    await app.request.post('/api/v1/auth/login').send({ email, password }).expect(200);
    const almost = { email, password: `${password.slice(0, -1)}~` };
    await app.request.post('/api/v1/auth/login').send(almost).expect(401);
  });

  test.each([
    ['9 bytes', 'zq8-kw3!p', 'must have 10 to 72 bytes'],
    ['73 bytes', 'z'.repeat(73), 'must have 10 to 72 bytes'],
    ['73 bytes in 19 characters', `${'🦉'.repeat(18)}z`, 'must have 10 to 72 bytes'],
    ['a NUL', 'zq8-kw3\0!pv', 'must not contain NUL'],
    ['a common word', '1234567890', 'is one of the most common passwords'],
    ['a common word in upper case', 'QWERTYUIOP', 'is one of the most common passwords'],
  ])('is refused with %s', async (_name, password, message) => {
    const { body } = await withPassword(password).expect(400);
    expect(body.errors).toEqual([{ pointer: '/password', message }]);
  });

  test('is not accepted with something appended behind the 72 bytes that bcrypt reads', async () => {
    const { email, password } = await app.register({ password: 'zq8-'.repeat(18) });
    await app.request
      .post('/api/v1/auth/login')
      .send({ email, password: `${password}x` })
      .expect(401);
  });
});

test('keeps passwords only as bcrypt hashes, and tokens only as digests', async () => {
  const { password, refreshToken } = await app.register({ password: 'zq8-planted-phrase' });
  const tables = ['users', 'user_roles', 'sessions', 'refresh_tokens'];
  const rows = await Promise.all(tables.map((table) => app.database.select(`SELECT * FROM ${table}`)));
  const content = JSON.stringify(rows);
  expect(content).toContain('$2b$04$');
  expect(content).not.toContain(password);
  expect(content).not.toContain(refreshToken);
});
