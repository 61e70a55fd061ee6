import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

const refresh = (refreshToken: string) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });
const codeOf = (answer: { body: { code: string } }): string => answer.body.code;

test('exchanges a refresh token for the next pair of the same session', async () => {
  const { refreshToken, bearer } = await app.register();
  const answer = await refresh(refreshToken).expect(200);
  expect(answer.get('Cache-Control')).toBe('no-store');
  expect(answer.body.refreshToken).not.toBe(refreshToken);
  const sessions = [bearer, answer.body.accessToken as string].map(
    (token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid,
  );
  expect(sessions[0]).toBe(sessions[1]);
  await refresh(answer.body.refreshToken).expect(200);
});

test('ends the whole family when a token comes twice', async () => {
  const { refreshToken } = await app.register();
  const second = await refresh(refreshToken).expect(200);
  const third = await refresh(second.body.refreshToken).expect(200);
  expect(codeOf(await refresh(refreshToken).expect(401))).toBe('refresh-reused');
  expect(codeOf(await refresh(third.body.refreshToken).expect(401))).toBe('refresh-invalid');
});

test('leaves the other sessions of the person alone', async () => {
  const person = await app.register();
  const other = await app.logIn(person);
  await refresh(person.refreshToken).expect(200);
  await refresh(person.refreshToken).expect(401);
  await refresh(other.refreshToken).expect(200);
});

test('refuses a token that is unknown, or expired', async () => {
  expect(codeOf(await refresh('invented').expect(401))).toBe('refresh-invalid');
  const { id, refreshToken } = await app.register();
  await app.database.change(
    `UPDATE refresh_tokens SET expires_at = NOW(3)
      WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :id)`,
    { id },
  );
  expect(codeOf(await refresh(refreshToken).expect(401))).toBe('refresh-invalid');
});

test('keeps a refresh token for 30 days', async () => {
  const { id } = await app.register();
  const [row] = await app.database.select<{ days: number }>(
    `SELECT TIMESTAMPDIFF(HOUR, NOW(3), MAX(expires_at)) / 24 AS days FROM refresh_tokens
       JOIN sessions ON sessions.id = session_id WHERE user_id = :id`,
    { id },
  );
  expect(Number(row?.days)).toBeCloseTo(30, 0);
});

test('carries new roles', async () => {
  const { id, refreshToken } = await app.register();
  const { bearer } = await app.admin();
  await app.request
    .put(`/api/v1/users/${id}/roles`)
    .set('Authorization', bearer)
    .send({ roles: ['seller'] })
    .expect(200);
  const { body } = await refresh(refreshToken).expect(200);
  const claims = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
  expect(claims.roles).toEqual(['customer', 'seller']);
});

test('ends with the log-out of its session, and of that one only', async () => {
  const person = await app.register();
  const other = await app.logIn(person);
  const answer = await app.request
    .post('/api/v1/auth/logout')
    .set('Authorization', person.bearer)
    .expect(204);
  expect(answer.text).toBe('');
  expect(codeOf(await refresh(person.refreshToken).expect(401))).toBe('refresh-invalid');
  await refresh(other.refreshToken).expect(200);
  await app.request.post('/api/v1/auth/logout').set('Authorization', person.bearer).expect(204);
});

test('needs a token to log out', async () => {
  const { body } = await app.request.post('/api/v1/auth/logout').expect(401);
  expect(body.code).toBe('unauthenticated');
});
