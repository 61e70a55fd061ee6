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

describe('an e-mail address', () => {
  const find = async (email: string) => {
    const { bearer } = await app.admin();
    const { body } = await app.request.get('/api/v1/users').query({ email }).set('Authorization', bearer);
    return (body.items as { email: string }[]).map((user) => user.email);
  };

  test.each([
    ['a&b@example.com', 'a&b@example.com'],
    ["!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@EXAMPLE.org"],
    ['k@firma.xn--p1ai', 'K@firma.рф'],
    ['anna@xn--mnchen-3ya.example', 'anna@MÜNCHEN.example'],
  ])('%s is taken, also as %s', async (stored, spelled) => {
    const { user } = (await register({ email: spelled, password: goodPassword }).expect(201)).body;
    expect(user.email).toBe(stored);
    for (const email of [stored, spelled]) {
      const credentials = { email, password: goodPassword };
      expect((await register(credentials).expect(409)).body.code).toBe('email-taken');
      await app.request.post('/api/v1/auth/login').send(credentials).expect(200);
      await app.request.post('/api/v1/auth/password/forgot').send({ email }).expect(202);
      expect(await find(email)).toEqual([stored]);
    }
    const [{ count }] = (await app.database.select<{ count: number }>(
      'SELECT COUNT(*) AS count FROM password_resets JOIN users ON users.id = user_id WHERE email = :stored',
      { stored },
    )) as [{ count: number }];
    expect(Number(count)).toBe(2);
  });

  test.each(["ab'c", 'ab`c', 'ab+c', 'abc', 'ab-c', 'ab_c', 'ab.c'])(
    'that differs from others in one character is another: %s',
    async (local) => {
      const email = `${local}@one-character.example`;
      await register({ email, password: goodPassword }).expect(201);
      expect(await find(email)).toEqual([email]);
    },
  );

  test.each([
    `k@${'a'.repeat(64)}.org`,
    'k@-example.org',
    'k@example-.org',
    `${'a'.repeat(65)}@example.org`,
    '"quoted"@example.org',
    'kä@example.org',
  ])('is refused: %s', async (email) => {
    const paths = ['/register', '/password/forgot'] as const;
    for (const path of paths) {
      const { body } = await app.request
        .post(`/api/v1/auth${path}`)
        .send({ email, ...(path === '/register' && { password: goodPassword }) })
        .expect(400);
      expect(body.errors).toEqual([
        { pointer: '/email', message: expect.stringMatching(/^must be an e-mail/) },
      ]);
    }
    const { bearer } = await app.admin();
    const listed = await app.request
      .get('/api/v1/users')
      .query({ email })
      .set('Authorization', bearer)
      .expect(400);
    expect(listed.body.errors[0].parameter).toBe('email');
  });

  test('that an older rule took still logs in', async () => {
    const person = await app.register();
    await app.database.change("UPDATE users SET email = 'old@example-.org' WHERE id = :id", {
      id: person.id,
    });
    await app.logIn({ email: 'Old@example-.org', password: person.password });
  });
});

describe('a password', () => {
  const withPassword = (password: string) => register({ email: `p${Math.random()}@example.org`, password });

  test.each([
    ['10 bytes', 'zq8-kw3!pv'],
    ['72 bytes', 'zq8-'.repeat(18)],
    ['72 bytes of emoji', '🦉🐎'.repeat(9)],
    ['72 bytes once it is normalised', 'e\u0301'.repeat(35) + 'ab'],
    ['spaces', '   zq8 kw3   '],
  ])('may have %s', async (_name, password) => {
    const answer = await withPassword(password).expect(201);
    const { email } = answer.body.user;
    await app.request.post('/api/v1/auth/login').send({ email, password }).expect(200);
    const almost = { email, password: `${Array.from(password).slice(0, -1).join('')}~` };
    await app.request.post('/api/v1/auth/login').send(almost).expect(401);
  });

  test.each([
    ['9 bytes', 'zq8-kw3!p', 'must have 10 to 72 bytes'],
    ['73 bytes', 'z'.repeat(73), 'must have 10 to 72 bytes'],
    ['73 bytes in 19 characters', `${'🦉'.repeat(18)}z`, 'must have 10 to 72 bytes'],
    ['73 bytes once it is normalised', `${'e\u0301'.repeat(36)}a`, 'must have 10 to 72 bytes'],
    ['9 bytes once it is normalised', 'e\u0301e\u0300o\u0308abc', 'must have 10 to 72 bytes'],
    ['a NUL', 'zq8-kw3\0!pv', 'must not contain NUL or half of a surrogate pair'],
    ['half of a surrogate pair', 'zq8-kw3\ud83e!pv', 'must not contain NUL or half of a surrogate pair'],
    ['ten equal characters', 'aaaaaaaaaa', 'must not be one repeated character'],
    ['five equal emoji', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 'must not be one repeated character'],
    ['five letters with one accent', 'x\u0302'.repeat(5), 'must not be one repeated character'],
    ['nothing visible', '\u200b\u2800\u200b\u2800', 'must have at least one visible character'],
    ['one of the first 10,000 common ones', 'PASSWORD123', 'is one of the most common passwords'],
    ['one of the first 100,000 common ones', 'Springfield', 'is one of the most common passwords'],
    ['a common word', '1234567890', 'is one of the most common passwords'],
    ['a common word in upper case', 'QWERTYUIOP', 'is one of the most common passwords'],
  ])('is refused with %s', async (_name, password, message) => {
    const { body } = await withPassword(password).expect(400);
    expect(body.errors).toEqual([{ pointer: '/password', message }]);
  });

  test.each([
    ['as it is', 'own.address@example.org', 'own.address@example.org'],
    ['in capitals', 'own.address@example.org', 'OWN.Address@Example.org'],
    ['with its domain in Unicode', 'k@xn--mnchen-3ya.example', 'k@münchen.example'],
    ['with its domain as A-label', 'k@münchen.example', 'k@xn--mnchen-3ya.example'],
  ])('is not the e-mail address of its account, %s', async (_how, email, password) => {
    const { body } = await register({ email, password }).expect(400);
    expect(body.errors).toEqual([{ pointer: '/password', message: 'must not be your e-mail address' }]);
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
