import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

test('no answer holds a password, a hash, or the private half of a key', async () => {
  const planted = 'zq8-planted-phrase';
  const admin = await app.admin();
  const person = await app.register({ password: planted });
  const { email, id, bearer, refreshToken } = person;
  const post = (path: string, body: object) => app.request.post(`/api/v1${path}`).send(body);
  const get = (path: string, by: string) => app.request.get(`/api/v1${path}`).set('Authorization', by);
  const answers = [
    await post('/auth/register', { email, password: planted }),
    await post('/auth/register', { email: 'x', password: planted, [planted]: planted }),
    await post('/auth/login', { email, password: planted }),
    await post('/auth/login', { email, password: `${planted}!` }),
    await post('/auth/refresh', { refreshToken }),
    await post('/auth/refresh', { refreshToken }),
    await get('/users/me', bearer),
    await get(`/users/${id}`, admin.bearer),
    await get('/users', admin.bearer),
    await get('/auth/.well-known/jwks.json', bearer),
  ];
  expect(answers.map(({ status }) => status)).toEqual([409, 400, 200, 401, 200, 401, 200, 200, 200, 200]);
  const [row] = await app.database.select<{ password_hash: string }>(
    'SELECT password_hash FROM users WHERE id = :id',
    { id },
  );
  for (const { request, text } of answers) {
    const said = text.replaceAll(`"/${planted}"`, '""');
    expect({ url: request.url, leaks: said.includes(planted) }).toEqual({ url: request.url, leaks: false });
    expect(said).not.toContain(row?.password_hash);
    expect(said).not.toContain('password_hash');
    expect(said).not.toMatch(/"d":/);
  }
});
