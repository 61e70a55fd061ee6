import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MailApp, startMailApp } from './helpers/mail-app.ts';

const newPassword = 'another good password';

let app: MailApp;
beforeAll(async () => {
  app = await startMailApp({ limits: { CODES_PER_ACCOUNT: 3, LOG_IN_FAILURES_PER_ACCOUNT: 3 } });
});
afterAll(() => app.stop());

test.each([
  ['tokens for an account', 'somebody@example.org'],
  ['tokens for an address without one', 'nobody@example.org'],
])('%s are refused, and told when to come again', async (_what, email) => {
  if (email.startsWith('somebody')) await app.register({ email });
  const ask = () => app.request.post('/api/v1/auth/password/forgot').send({ email });
  for (let turn = 0; turn < 3; turn += 1) await ask().expect(202);
  const refused = await ask().expect(429);
  expect(refused.body.code).toBe('rate-limited');
  expect(refused.headers).toMatchObject({ 'ratelimit-policy': '"codes-account";q=3;w=3600' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
});

test('codes for an account are refused', async () => {
  const { bearer } = await app.register();
  const ask = () =>
    app.request.post('/api/v1/auth/verification').set('Authorization', bearer).send({ channel: 'email' });
  for (let turn = 0; turn < 3; turn += 1) await ask().expect(202);
  expect((await ask().expect(429)).body.code).toBe('rate-limited');
});

test('guesses of the current password are refused, then the right one, too', async () => {
  const { bearer, password } = await app.register();
  const guess = (currentPassword: string) =>
    app.request
      .put('/api/v1/auth/password')
      .set('Authorization', bearer)
      .send({ currentPassword, newPassword });
  for (let turn = 0; turn < 3; turn += 1) await guess('not the password').expect(400);
  expect((await guess(password).expect(429)).body.code).toBe('rate-limited');
});
