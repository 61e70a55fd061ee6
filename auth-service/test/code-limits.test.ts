import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, type MailApp, startMailApp } from './helpers/mail-app.ts';

const newPassword = 'another good password';

let app: MailApp;
beforeAll(async () => {
  app = await startMailApp({ limits: { CODES_PER_ACCOUNT: 3, LOG_IN_FAILURES_PER_ACCOUNT: 3 } });
});
afterAll(() => app.stop());

test.each([
  ['for an account', 'somebody@example.org'],
  ['for an address without one', 'nobody@example.org'],
])('tokens %s are three, and the answer stays the same', async (_what, email) => {
  if (email.startsWith('somebody')) await app.register({ email });
  await app.database.change('DELETE FROM password_resets', {});
  for (let turn = 0; turn < 5; turn += 1)
    await app.request.post('/api/v1/auth/password/forgot').send({ email }).expect(202);
  expect(await app.database.select('SELECT token_hash FROM password_resets')).toHaveLength(3);
  const waiting = () => app.database.select('SELECT id FROM outgoing_messages');
  await eventually(waiting, ({ length }) => length === 0);
  const sent = (await app.mailbox()).filter(({ to }) => to === email);
  expect(sent).toHaveLength(email.startsWith('somebody') ? 3 : 0);
});

test('codes for an account are refused, and told when to come again', async () => {
  const { bearer } = await app.register();
  const ask = () =>
    app.request.post('/api/v1/auth/verification').set('Authorization', bearer).send({ channel: 'email' });
  for (let turn = 0; turn < 3; turn += 1) await ask().expect(202);
  const refused = await ask().expect(429);
  expect(refused.body.code).toBe('rate-limited');
  expect(refused.headers).toMatchObject({ 'ratelimit-policy': '"codes-account";q=3;w=3600' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
});

test('what sends no code is not counted', async () => {
  const { bearer } = await app.register();
  const ask = (channel: string, headers = {}) =>
    app.request
      .post('/api/v1/auth/verification')
      .set({ Authorization: bearer, ...headers })
      .send({ channel });
  for (let turn = 0; turn < 3; turn += 1) {
    await ask('sms').expect(400);
    await ask('email', { 'If-Match': '"2"' }).expect(412);
  }
  await ask('email', { 'If-Match': '"1"' }).expect(202);
});

test.each([
  ['somewhere new', '203.0.113.7'],
  ['where they have been, and guessed too often', '203.0.113.1'],
])('who sets a new password by e-mail gets in %s, and strangers do not', async (_where, from) => {
  const [home, stranger] = ['203.0.113.1', '203.0.113.99'];
  const post = (path: string, address: string, body: object) =>
    app.request.post(`/api/v1/auth${path}`).set('X-Forwarded-For', address).send(body);
  const { email, password } = await app.register();
  await post('/login', home, { email, password }).expect(200);
  for (const address of [home, stranger]) {
    for (let turn = 0; turn < 3; turn += 1)
      await post('/login', address, { email, password: 'not the password' }).expect(401);
    await post('/login', address, { email, password }).expect(429);
  }
  await post('/password/forgot', from, { email }).expect(202);
  const token = await app.awaitToken(email);
  await post('/password/reset', from, { token, newPassword }).expect(204);
  await post('/login', from, { email, password: newPassword }).expect(200);
  await post('/login', stranger, { email, password: newPassword }).expect(429);
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
