import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { goodPassword, type Person } from './helpers/auth-app.ts';
import { eventually, type MailApp, startMailApp } from './helpers/mail-app.ts';

let app: MailApp;
beforeAll(async () => {
  // One test asks for a hundred tokens.
  app = await startMailApp({ limits: { CODES_PER_ACCOUNT: 1_000 } });
});
afterAll(() => app.stop());

const newPassword = 'another long enough phrase';
/** Differs between the forms that keyboards send. */
const phrase = 'Ein gutes Gefühl für Café';
const post = (path: string, body: object) => app.request.post(`/api/v1/auth${path}`).send(body);
const forgot = (email: string) => post('/password/forgot', { email });
const reset = (token: string, password = newPassword) =>
  post('/password/reset', { token, newPassword: password });
const change = (by: Person, body: object, headers = {}) =>
  app.request
    .put('/api/v1/auth/password')
    .set({ Authorization: by.bearer, ...headers })
    .send(body);
const logIn = (email: string, password: string) => post('/login', { email, password });
const readAccount = async (by: Person) =>
  (await app.request.get('/api/v1/users/me').set('Authorization', by.bearer).expect(200)).body;

async function personWithToken(): Promise<{ person: Person; token: string }> {
  const person = await app.register();
  await forgot(person.email).expect(202);
  return { person, token: await app.awaitToken(person.email) };
}

/** Nothing that began before goes on, and the password is the new one. */
async function expectReplaced(person: Person, others: readonly Person[] = []): Promise<void> {
  for (const { refreshToken } of [person, ...others]) {
    expect((await post('/refresh', { refreshToken }).expect(401)).body.code).toBe('refresh-invalid');
  }
  await logIn(person.email, person.password).expect(401);
  await logIn(person.email, newPassword).expect(200);
}

describe('who forgot the password', () => {
  test('gets a token, and with it a new password; all sessions end', async () => {
    const { person, token } = await personWithToken();
    const second = await app.logIn(person);
    const before = await readAccount(person);
    await reset(token).expect(204);
    await expectReplaced(person, [second]);
    expect(await readAccount(person)).toEqual(before);
  });

  test('may write the address in any case', async () => {
    const person = await app.register();
    await forgot(person.email.toUpperCase()).expect(202);
    await reset(await app.awaitToken(person.email)).expect(204);
  });

  test('uses a token once, and it voids the others', async () => {
    const { person, token } = await personWithToken();
    await forgot(person.email).expect(202);
    const second = await app.awaitToken(person.email, 2);
    expect(second).not.toBe(token);
    await reset(second).expect(204);
    for (const used of [second, token]) {
      expect((await reset(used).expect(410)).body.code).toBe('reset-token-expired');
    }
  });

  test('is refused after 30 minutes', async () => {
    const { person, token } = await personWithToken();
    await app.database.change(
      'UPDATE password_resets SET expires_at = expires_at - INTERVAL 1801 SECOND WHERE user_id = :id',
      { id: person.id },
    );
    expect((await reset(token).expect(410)).body.code).toBe('reset-token-expired');
    await logIn(person.email, person.password).expect(200);
  });

  test.each(['', 'x', '0'.repeat(64), "' OR 1=1 -- "])('is refused with "%s"', async (token) => {
    expect((await reset(token).expect(400)).body.code).toBe('reset-token-wrong');
  });

  test('does not choose the own e-mail address', async () => {
    const { person, token } = await personWithToken();
    const { body } = await reset(token, person.email.toUpperCase()).expect(400);
    expect(body.errors).toEqual([{ pointer: '/newPassword', message: 'must not be your e-mail address' }]);
    await reset(token, 'y'.repeat(12)).expect(400);
    await reset(token).expect(204);
  });

  test('chooses one that is typed in another form later', async () => {
    const { person, token } = await personWithToken();
    await reset(token, phrase.normalize('NFD')).expect(204);
    await logIn(person.email, phrase.normalize('NFC')).expect(200);
  });

  test('keeps the token when the new password will not do', async () => {
    const { token } = await personWithToken();
    const { body } = await reset(token, 'short').expect(400);
    expect(body.errors).toEqual([{ pointer: '/newPassword', message: 'must have 10 to 72 bytes' }]);
    await reset(token).expect(204);
  });

  test('of 20 who send one token at once, one succeeds', async () => {
    const { token } = await personWithToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(410)]);
  });
});

describe('an address without an account', () => {
  test('gets the same answer, and no message', async () => {
    const { email } = await app.register();
    const known = await forgot(email).expect(202);
    const unknown = await forgot('nobody@example.org').expect(202);
    expect(unknown.text).toBe(known.text);
    expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(known.headers).sort());
    const waiting = () => app.database.select('SELECT id FROM outgoing_messages');
    await eventually(waiting, ({ length }) => length === 0);
    expect((await app.mailbox()).map(({ to }) => to)).not.toContain('nobody@example.org');
  });

  test('takes as long as one with an account', async () => {
    const { email } = await app.register();
    const times: Record<string, number[]> = { [email]: [], 'nobody@example.org': [] };
    for (let round = 0; round < 60; round += 1) {
      // In turns, so that whatever slows the machine slows both.
      for (const [address, measured] of Object.entries(times)) {
        const startedAt = performance.now();
        await forgot(address).expect(202);
        measured.push(performance.now() - startedAt);
      }
    }
    const medians = Object.values(times).map((measured) => measured.sort((a, b) => a - b)[30] ?? 0);
    expect(Math.min(...medians) / Math.max(...medians)).toBeGreaterThan(0.6);
  });

  test('must be an address all the same', async () => {
    const { body } = await forgot('nobody').expect(400);
    expect(body.errors[0].pointer).toBe('/email');
  });
});

describe('who knows the password', () => {
  test('changes it; all sessions end, and the account keeps its version', async () => {
    const { person, token } = await personWithToken();
    const second = await app.logIn(person);
    const before = await readAccount(person);
    await change(person, { currentPassword: goodPassword, newPassword }).expect(204);
    await expectReplaced(person, [second]);
    expect(await readAccount(person)).toEqual(before);
    await reset(token).expect(410);
  });

  test('does not choose the own e-mail address, nor one repeated character', async () => {
    const person = await app.register();
    for (const [chosen, message] of [
      [person.email, 'must not be your e-mail address'],
      ['zzzzzzzzzzzz', 'must not be one repeated character'],
    ] as const) {
      const fields = { currentPassword: goodPassword, newPassword: chosen };
      const { body } = await change(person, fields).expect(400);
      expect(body.errors).toEqual([{ pointer: '/newPassword', message }]);
    }
    await logIn(person.email, person.password).expect(200);
  });

  test('changes it in either form', async () => {
    const person = await app.register({ password: phrase.normalize('NFC') });
    const fields = { currentPassword: phrase.normalize('NFD'), newPassword: `${phrase.normalize('NFD')}!` };
    await change(person, fields).expect(204);
    await logIn(person.email, `${phrase.normalize('NFC')}!`).expect(200);
  });

  test('must know the current one', async () => {
    const person = await app.register();
    const { body } = await change(person, { currentPassword: 'not this one', newPassword }).expect(400);
    expect(body.errors).toEqual([{ pointer: '/currentPassword', message: 'is not your password' }]);
    await logIn(person.email, person.password).expect(200);
  });

  test('must choose one that will do, and send nothing else', async () => {
    const person = await app.register();
    const fields = { currentPassword: goodPassword, newPassword: 'QWERTYUIOP', userId: 'x' };
    const { body } = await change(person, fields).expect(400);
    const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/newPassword', '/userId']);
  });

  test('may say which version of the account they know', async () => {
    const person = await app.register();
    const fields = { currentPassword: goodPassword, newPassword };
    const stale = await change(person, fields, { 'If-Match': '"2"' }).expect(412);
    expect(stale.body).toMatchObject({ code: 'version-conflict', current: { id: person.id, version: 1 } });
    await change(person, fields, { 'If-Match': '"1"' }).expect(204);
  });

  test('is one of those who change it at once', async () => {
    const person = await app.register();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        change(person, { currentPassword: goodPassword, newPassword: `${newPassword} ${index}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(9).fill(400)]);
    const winner = answers.findIndex(({ status }) => status === 204);
    await logIn(person.email, `${newPassword} ${winner}`).expect(200);
  });

  test('is logged in', async () => {
    const fields = { currentPassword: goodPassword, newPassword };
    await app.request.put('/api/v1/auth/password').send(fields).expect(401);
  });
});

test('of a token only its digest is kept', async () => {
  const { token } = await personWithToken();
  const rows = await app.database.select<{ token_hash: string }>('SELECT token_hash FROM password_resets');
  expect(rows.map(({ token_hash }) => token_hash)).not.toContain(token);
  expect(rows[0]?.token_hash).toMatch(/^[0-9a-f]{64}$/);
});
