import { afterAll, beforeAll, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  // More wrong passwords than an account may get: these tests are about the answer to one.
  app = await startAuthApp({ cost: 8, limits: { LOG_IN_FAILURES_PER_ACCOUNT: 1_000 } });
});
afterAll(() => app.stop());

const logIn = (email: string, password: string) =>
  app.request.post('/api/v1/auth/login').send({ email, password });

test('gives a pair of tokens that no cache keeps', async () => {
  const { email, password } = await app.register();
  const answer = await logIn(email.toUpperCase(), password).expect(200);
  expect(Object.keys(answer.body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken']);
  expect(answer.get('Cache-Control')).toBe('no-store');
});

test('keeps the tokens out of caches also when an old token came along', async () => {
  const { email, password, bearer } = await app.register();
  const answer = await logIn(email, password).set('Authorization', bearer).expect(200);
  expect(answer.get('Cache-Control')).toBe('no-store');
});

test('answers the same to an unknown address and to a wrong password', async () => {
  const { email, password } = await app.register();
  const wrong = await logIn(email, 'not this password').expect(401);
  const unknown = await logIn('nobody@example.org', password).expect(401);
  expect(wrong.body.code).toBe('invalid-credentials');
  expect(wrong.get('WWW-Authenticate')).toBe('Bearer');
  expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
});

/** Differs between the forms that keyboards send. */
const phrase = 'Ein gutes Gefühl für Café';
const forms = ['NFC', 'NFD'] as const;

test.each(forms)('knows a password that was registered as %s in either form', async (form) => {
  const { email } = await app.register({ password: phrase.normalize(form) });
  for (const other of forms) await logIn(email, phrase.normalize(other)).expect(200);
  await logIn(email, phrase.normalize('NFKD').replaceAll(/\p{M}/gu, '')).expect(401);
});

test('knows an older hash, which was made of the bytes as sent', async () => {
  const { email, id } = await app.register();
  const sent = phrase.normalize('NFD');
  const hash = await bcrypt.hash(sent, 4);
  await app.database.change('UPDATE users SET password_hash = :hash WHERE id = :id', { id, hash });
  await logIn(email, sent).expect(200);
  await logIn(email, `${sent}!`).expect(401);
});

test('compares no more than the 72 bytes of an older hash', async () => {
  const { email, id } = await app.register();
  // 72 bytes as sent, and 49 of the normal form: more of the same fits into the limit once it is normalised.
  const sent = 'e\u0301'.repeat(24);
  const hash = await bcrypt.hash(sent, 4);
  await app.database.change('UPDATE users SET password_hash = :hash WHERE id = :id', { id, hash });
  await logIn(email, sent).expect(200);
  await logIn(email, `${sent}e\u0301`).expect(401);
});

test.each([
  ['a wrong password', 'not this password', 40],
  // It is compared in two forms, so that half the rounds take as long.
  ['a wrong one that is not in its normal form', 'ni\u0303o not this password', 20],
])('takes as long for an unknown address as for %s', async (_what, password, rounds) => {
  const { email } = await app.register();
  const times: Record<string, number[]> = { [email]: [], 'nobody@example.org': [] };
  for (let round = 0; round < rounds; round += 1) {
    // In turns, so that whatever slows the machine slows both.
    for (const [address, measured] of Object.entries(times)) {
      const startedAt = performance.now();
      await logIn(address, password).expect(401);
      measured.push(performance.now() - startedAt);
    }
  }
  const medians = Object.values(times).map((measured) => measured.sort((a, b) => a - b)[rounds / 2] ?? 0);
  // Without the comparison an unknown address would take a few milliseconds, and not twenty.
  expect(Math.min(...medians) / Math.max(...medians)).toBeGreaterThan(0.6);
});

// The database takes each for the address itself; the guesses of each would be counted apart.
test.each([
  ['an accent', (email: string) => email.replace('o', 'ó')],
  ['a wide letter', (email: string) => email.replace('p', 'ｐ')],
  ['blanks behind it', (email: string) => `${email}  `],
])('does not know an address by another spelling: with %s', async (_name, spell) => {
  const { email, password } = await app.register();
  const { body } = await logIn(spell(email), password).expect(401);
  expect(body.code).toBe('invalid-credentials');
  await logIn(email, password).expect(200);
});

test.each([
  ['an object for a string', { email: { $ne: '' }, password: { $ne: '' } }, ['/email', '/password']],
  ['nothing', {}, ['/email', '/password']],
  ['an unknown field', { email: 'a@example.org', password: 'x', role: 'admin' }, ['/role']],
])('refuses %s', async (_name, credentials, pointers) => {
  const { body } = await app.request.post('/api/v1/auth/login').send(credentials).expect(400);
  expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
});

test.each(["' OR 1=1 -- ", '" OR ""="', "x'; DROP TABLE users; -- "])(
  'takes %s for a plain address',
  async (sql) => {
    await logIn(sql, sql).expect(401);
    await app.register();
  },
);
