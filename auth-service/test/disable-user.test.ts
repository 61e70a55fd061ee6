import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let admin: Person;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
  admin = await app.admin();
});
afterAll(() => app.stop());

const set = (verb: 'disable' | 'enable', userId: string, by = admin, headers = {}) =>
  app.request.post(`/api/v1/users/${userId}/${verb}`).set({ Authorization: by.bearer, ...headers });
const logIn = ({ email, password }: Person) =>
  app.request.post('/api/v1/auth/login').send({ email, password });
const refresh = (refreshToken: string) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });
const setRoles = (userId: string, roles: string[]) =>
  app.request.put(`/api/v1/users/${userId}/roles`).set('Authorization', admin.bearer).send({ roles });

test('who is disabled neither logs in nor refreshes, until they are enabled again', async () => {
  const person = await app.register();
  const disabled = await set('disable', person.id).expect(200);
  expect(disabled.body).toMatchObject({ id: person.id, version: 2 });
  expect(disabled.get('ETag')).toBe('"2"');
  expect((await logIn(person).expect(401)).body.code).toBe('account-disabled');
  const wrong = await logIn({ ...person, password: 'another long phrase' }).expect(401);
  expect(wrong.body.code).toBe('invalid-credentials');
  await refresh(person.refreshToken).expect(401);

  expect((await set('enable', person.id).expect(200)).body.version).toBe(3);
  await logIn(person).expect(200);
  await refresh(person.refreshToken).expect(401);
});

test('what is so already changes nothing', async () => {
  const { id } = await app.register();
  expect((await set('enable', id).expect(200)).body.version).toBe(1);
  await set('disable', id).expect(200);
  expect((await set('disable', id).expect(200)).body.version).toBe(2);
});

test('the version is honoured when it is sent', async () => {
  const { id } = await app.register();
  await set('disable', id, admin, { 'If-Match': '"7"' }).expect(412);
  await set('disable', id, admin, { 'If-Match': '"1"' }).expect(200);
});

test('only admins disable, and only accounts that exist', async () => {
  const [ada, bob] = [await app.register(), await app.register()];
  await set('disable', ada.id, bob).expect(403);
  await set('disable', '01890000-0000-7000-8000-000000000000').expect(404);
});

test('each change is told', async () => {
  const { id } = await app.register();
  await set('disable', id).expect(200);
  await set('enable', id).expect(200);
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :id ORDER BY position`,
    { id },
  );
  const told = rows.map(({ event }) => JSON.parse(event) as { type: string; sequence: number });
  expect(told.map(({ type, sequence }) => [type, sequence])).toEqual([
    ['customer.created', 1],
    ['customer.changed', 2],
    ['customer.changed', 3],
  ]);
});

test('somebody who can log in stays admin', async () => {
  expect((await set('disable', admin.id).expect(409)).body.code).toBe('last-admin');
  const second = await app.register();
  await setRoles(second.id, ['admin']).expect(200);
  await set('disable', second.id).expect(200);
  // An admin who is disabled is none to rely on.
  expect((await setRoles(admin.id, []).expect(409)).body.code).toBe('last-admin');
  await set('disable', admin.id).expect(409);
  await setRoles(second.id, []).expect(200);
});

test('of two admins who disable each other at once, one stays', async () => {
  const second = await app.register();
  await setRoles(second.id, ['admin']).expect(200);
  const other = await app.logIn(second);
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all([set('disable', admin.id, other), set('disable', other.id, admin)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    await app.database.change('UPDATE users SET disabled_at = NULL', {});
  }
  await setRoles(other.id, []).expect(200);
});

test('a log-in at the moment of the disabling leaves no session that works', async () => {
  for (let round = 0; round < 20; round += 1) {
    const person = await app.register();
    const [answer] = await Promise.all([logIn(person), set('disable', person.id).expect(200)]);
    expect([200, 401]).toContain(answer.status);
    if (answer.status === 200) await refresh(answer.body.refreshToken as string).expect(401);
  }
});
