import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findText } from '../../testing/find-text.ts';
import { leftNumbers } from '../src/accounts/accounts.queries.ts';
import { auditAccounts } from '../src/audit/audit-accounts.ts';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let admin: Person;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
  admin = await app.admin();
});
afterAll(() => app.stop());

const planted = {
  email: 'zenobia.quill@example.org',
  displayName: 'Zenobia Quill',
  phone: '+31 71 998-8776',
};
const address = {
  name: 'Zenobia Quill',
  line1: '7 Plover Mews',
  city: 'Quillhaven',
  country: 'NL',
  phone: '071 998-8776',
};
const words = ['zenobia', 'quill', '9988776', '998-8776', 'plover', 'parchment'];

const call = (method: 'get' | 'post' | 'delete', path: string, by: Person) =>
  app.request[method](`/api/v1${path}`).set('Authorization', by.bearer);
const remove = (by: Person, tag = '*') => call('delete', '/users/me', by).set('If-Match', tag);
const find = () => findText((sql) => app.database.select(sql), [app.database.settings.DB_NAME], words);

/** Somebody with all that an account can have, and what was told of it still in the outbox or set aside. */
async function plant(): Promise<Person> {
  const person = await app.register(planted);
  const { id } = person;
  await call('post', '/users/me/addresses', person).send(address).expect(201);
  await app.database.change('UPDATE users SET email_verified = TRUE WHERE id = :id', { id });
  const profile = { displayName: 'Quill & Co', about: 'Parchment of all kinds.' };
  await call('post', '/users/me/seller-profile', person).send(profile).expect(201);
  await app.database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     SELECT UUID(), JSON_VALUE(event, '$.id'), 'elsewhere', topic, JSON_VALUE(event, '$.type'), event,
            LEFT(event, 500), 5
       FROM outbox WHERE JSON_VALUE(event, '$.subject') = :id`,
    { id },
  );
  return person;
}

test('a deleted account leaves nothing personal in any table', async () => {
  const person = await plant();
  expect(await find()).not.toEqual([]);
  await remove(person).expect(204);
  expect(await find()).toEqual([]);
  const audited = await auditAccounts({ database: app.database });
  expect(audited.filter(({ breaches }) => breaches > 0)).toEqual([]);

  const { email, password, refreshToken } = person;
  const logIn = await app.request.post('/api/v1/auth/login').send({ email, password }).expect(401);
  expect(logIn.body.code).toBe('invalid-credentials');
  await app.request.post('/api/v1/auth/refresh').send({ refreshToken }).expect(401);
  expect((await call('get', `/users?email=${email}`, admin).expect(200)).body.items).toEqual([]);
  await call('get', `/users/${person.id}`, admin).expect(404);
  await call('get', `/sellers/${person.id}`, admin).expect(404);
});

test('a number that a replica of the previous version leaves goes with the hourly clean-up', async () => {
  const [kept, gone] = [await app.register(planted), await app.register()];
  await remove(gone).expect(204);
  const number = { e164: '+31719988776', id: gone.id };
  await app.database.change('UPDATE users SET phone_e164 = :e164 WHERE id = :id', number);
  expect(await app.database.change(leftNumbers, {})).toBe(1);
  const rows = await app.database.select('SELECT id, phone_e164 FROM users WHERE phone_e164 IS NOT NULL');
  expect(rows).toEqual([{ id: kept.id, phone_e164: '+31719988776' }]);
  await remove(kept).expect(204);
});

test('the e-mail address is free again', async () => {
  const first = await app.register();
  await remove(first).expect(204);
  const second = await app.register({ email: first.email });
  expect(second.id).not.toBe(first.id);
});

test('the deletion needs the version, and is told as the next one', async () => {
  const person = await app.register();
  await call('delete', '/users/me', person).expect(428);
  const { body } = await remove(person, '"2"').expect(412);
  expect(body).toMatchObject({ code: 'version-conflict', current: { id: person.id } });
  await remove(person, '"1"').expect(204);
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :id ORDER BY position`,
    { id: person.id },
  );
  const told = rows.map(({ event }) => JSON.parse(event) as { type: string; sequence: number; data: object });
  expect(told.map(({ type, sequence, data }) => [type, sequence, data])).toEqual([
    ['customer.created', 1, { customerId: person.id }],
    ['customer.deleted', 2, { customerId: person.id }],
  ]);
});

test('the last admin cannot leave', async () => {
  expect((await remove(admin).expect(409)).body.code).toBe('last-admin');
  await app.logIn(admin);
});

test('of 5 deletions at once one is made, and a log-in meanwhile leaves no session', async () => {
  for (let round = 0; round < 10; round += 1) {
    const person = await app.register();
    const { email, password } = person;
    const logIn = app.request.post('/api/v1/auth/login').send({ email, password });
    const [entered, ...deletions] = await Promise.all([
      logIn,
      ...Array.from({ length: 5 }, () => remove(person, '"1"')),
    ]);
    expect(deletions.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401, 401]);
    if (entered.status !== 200) continue;
    const { refreshToken } = entered.body as { refreshToken: string };
    await app.request.post('/api/v1/auth/refresh').send({ refreshToken }).expect(401);
  }
});
