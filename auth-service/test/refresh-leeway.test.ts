import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp({ leewaySeconds: 1 });
});
afterAll(() => app.stop());

const refresh = (refreshToken: string) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });

test('forgives a second use within the leeway: it fails, and the family lives', async () => {
  const { refreshToken } = await app.register();
  const next = await refresh(refreshToken).expect(200);
  expect((await refresh(refreshToken).expect(401)).body.code).toBe('refresh-reused');
  await refresh(next.body.refreshToken).expect(200);
});

test('forgives no second use after the leeway', async () => {
  const { refreshToken } = await app.register();
  const next = await refresh(refreshToken).expect(200);
  await app.database.change(
    'UPDATE refresh_tokens SET used_at = used_at - INTERVAL 2 SECOND WHERE used_at IS NOT NULL',
    {},
  );
  await refresh(refreshToken).expect(401);
  expect((await refresh(next.body.refreshToken).expect(401)).body.code).toBe('refresh-invalid');
});
