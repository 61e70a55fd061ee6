import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from './helpers/auth-app.ts';
import { eventually, type MailApp, startMailApp } from './helpers/mail-app.ts';

let app: MailApp;
beforeAll(async () => {
  app = await startMailApp();
});
afterAll(() => app.stop());

const post = (by: Person, path: string, body: object, headers = {}) =>
  app.request
    .post(`/api/v1/auth/verification${path}`)
    .set({ Authorization: by.bearer, ...headers })
    .send(body);
const ask = (by: Person, channel = 'email') => post(by, '', { channel });
const confirm = (by: Person, code: string, headers = {}) => post(by, '/confirm', { code }, headers);
const readAccount = async (by: Person) =>
  (await app.request.get('/api/v1/users/me').set('Authorization', by.bearer).expect(200)).body;
/** Another code than the right one. */
const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

const change = (person: Person, set: string) =>
  app.database.change(`UPDATE verification_codes SET ${set} WHERE user_id = :id`, { id: person.id });

async function personWithCode(fields: object = {}): Promise<{ person: Person; code: string }> {
  const person = await app.register(fields);
  await ask(person).expect(202);
  return { person, code: await app.awaitCode(person.email) };
}

async function toldOf(person: Person) {
  const rows = await app.database.select<{ event: string }>('SELECT event FROM outbox ORDER BY position');
  return rows.map(({ event }) => JSON.parse(event)).filter(({ subject }) => subject === person.id);
}

describe('a code that came by e-mail', () => {
  test('has six digits, and makes the address verified, once', async () => {
    const { person, code } = await personWithCode();
    expect(code).toMatch(/^[0-9]{6}$/);
    const { body, headers } = await confirm(person, code).expect(200);
    expect(body).toMatchObject({ id: person.id, emailVerified: true, version: 2 });
    expect(headers.etag).toBe('"2"');
    expect(await readAccount(person)).toEqual(body);
    expect((await confirm(person, code).expect(410)).body.code).toBe('code-expired');
  });

  test('is told to the other services without the address', async () => {
    const { person, code } = await personWithCode();
    await confirm(person, code).expect(200);
    expect((await toldOf(person)).at(-1)).toMatchObject({
      type: 'customer.changed',
      sequence: 2,
      data: { customerId: person.id, changedFields: ['emailVerified'] },
    });
  });

  test('changes nothing where the address is verified already', async () => {
    const { person, code } = await personWithCode();
    await confirm(person, code).expect(200);
    await ask(person).expect(202);
    const { body } = await confirm(person, await app.awaitCode(person.email, 2)).expect(200);
    expect(body).toMatchObject({ emailVerified: true, version: 2 });
    expect(await toldOf(person)).toHaveLength(2);
  });

  test('is void once a newer one was asked for', async () => {
    const { person, code } = await personWithCode();
    await ask(person).expect(202);
    const newer = await app.awaitCode(person.email, 2);
    if (newer !== code) expect((await confirm(person, code).expect(400)).body.code).toBe('wrong-code');
    await confirm(person, newer).expect(200);
  });

  test('is void after 30 minutes', async () => {
    const { person, code } = await personWithCode();
    await change(person, 'expires_at = expires_at - INTERVAL 1801 SECOND');
    expect((await confirm(person, code).expect(410)).body.code).toBe('code-expired');
    expect(await readAccount(person)).toMatchObject({ emailVerified: false, version: 1 });
  });

  test('is of no use to somebody else', async () => {
    const { code } = await personWithCode();
    const { person: other, code: own } = await personWithCode();
    if (own !== code) await confirm(other, code).expect(400);
    expect(await readAccount(other)).toMatchObject({ emailVerified: false });
  });

  test('honours If-Match when it is sent', async () => {
    const { person, code } = await personWithCode();
    const { body } = await confirm(person, code, { 'If-Match': '"7"' }).expect(412);
    expect(body).toMatchObject({ code: 'version-conflict', current: { emailVerified: false } });
    await confirm(person, code, { 'If-Match': '"1"' }).expect(200);
  });
});

describe('a wrong code', () => {
  test('is 400 five times, and then 429 also for the right one, until there is a new one', async () => {
    const { person, code } = await personWithCode();
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await confirm(person, otherThan(code)).expect(400)).body.code).toBe('wrong-code');
    }
    for (const tried of [otherThan(code), code]) {
      const { body, headers } = await confirm(person, tried).expect(429);
      expect(body.code).toBe('too-many-tries');
      expect(Number(headers['retry-after'])).toBeGreaterThan(1_700);
      expect(headers.ratelimit).toMatch(/^"code";r=0;t=\d+$/);
      expect(headers['ratelimit-policy']).toBe('"code";q=5;w=1800');
    }
    expect(await readAccount(person)).toMatchObject({ emailVerified: false, version: 1 });
    await ask(person).expect(202);
    await confirm(person, await app.awaitCode(person.email, 2)).expect(200);
  });

  test('is 410 where no code was ever asked for', async () => {
    expect((await confirm(await app.register(), '123456').expect(410)).body.code).toBe('code-expired');
  });

  test.each(['12345', '1234567', '12345a', ' 123456', '１２３４５６', ''])(
    '"%s" has not the form of one, and is not counted',
    async (text) => {
      const { person, code } = await personWithCode();
      const { body } = await confirm(person, text).expect(400);
      expect(body.errors).toEqual([{ pointer: '/code', message: 'must have six digits' }]);
      await confirm(person, code).expect(200);
    },
  );
});

describe('many at once', () => {
  test('of 20 who confirm with one code, one works', async () => {
    const { person, code } = await personWithCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(person, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(410)]);
    expect(await readAccount(person)).toMatchObject({ emailVerified: true, version: 2 });
    expect(await toldOf(person)).toHaveLength(2);
  });

  test('of 20 wrong codes, five are tried', async () => {
    const { person, code } = await personWithCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(person, otherThan(code))));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(5).fill(400), ...Array<number>(15).fill(429)]);
  });

  test('of ten codes that were asked for, the last one works', async () => {
    const person = await app.register();
    await Promise.all(Array.from({ length: 10 }, () => ask(person).expect(202)));
    await app.awaitMail(person.email, 10);
    const [row] = await app.database.select<{ codes: number }>(
      'SELECT COUNT(*) AS codes FROM verification_codes WHERE user_id = :id',
      { id: person.id },
    );
    expect(Number(row?.codes)).toBe(1);
  });
});

describe('a code by SMS', () => {
  test('goes to the phone, and says nothing about the address', async () => {
    const person = await app.register({ phone: '+44 20 7946 0123' });
    await ask(person, 'sms').expect(202);
    const { channel } = await app.awaitMail('+442079460123');
    expect(channel).toBe('sms');
    const { body } = await confirm(person, await app.awaitCode('+442079460123')).expect(200);
    expect(body).toMatchObject({ emailVerified: false, version: 1 });
  });

  test('goes to a number without its country as it is written', async () => {
    const person = await app.register({ phone: '(555) 123-4567' });
    await ask(person, 'sms').expect(202);
    expect((await app.awaitMail('(555) 123-4567')).channel).toBe('sms');
  });

  test('goes to the number that was changed last', async () => {
    const person = await app.register({ phone: '+44 20 7946 0124' });
    await app.request
      .patch('/api/v1/users/me')
      .set({ Authorization: person.bearer, 'If-Match': '*' })
      .send({ phone: '+44 (0)20 7946 0125' })
      .expect(200);
    await ask(person, 'sms').expect(202);
    expect((await app.awaitMail('+442079460125')).channel).toBe('sms');
  });

  test('needs a phone', async () => {
    const { body } = await ask(await app.register(), 'sms').expect(400);
    expect(body.errors).toEqual([{ pointer: '/channel', message: 'needs a phone in your account' }]);
  });
});

test('codes are for those who are logged in, and go by known channels', async () => {
  await app.request.post('/api/v1/auth/verification').send({ channel: 'email' }).expect(401);
  await app.request.post('/api/v1/auth/verification/confirm').send({ code: '123456' }).expect(401);
  const { body } = await ask(await app.register(), 'pigeon').expect(400);
  expect(body.errors[0].pointer).toBe('/channel');
});

test('no table holds the code', async () => {
  const { code } = await personWithCode();
  const rows = await app.database.select('SELECT * FROM verification_codes');
  expect(JSON.stringify(rows)).not.toContain(`"${code}"`);
  const waiting = () => app.database.select('SELECT id FROM outgoing_messages');
  await eventually(waiting, ({ length }) => length === 0);
});
