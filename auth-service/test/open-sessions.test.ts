import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

interface Session {
  id: string;
  isCurrent: boolean;
}

const list = (by: Person, query = '') =>
  app.request.get(`/api/v1/auth/sessions${query}`).set('Authorization', by.bearer);
const end = (by: Person, sessionId: string, headers = {}) =>
  app.request.delete(`/api/v1/auth/sessions/${sessionId}`).set({ Authorization: by.bearer, ...headers });
const refresh = ({ refreshToken }: Person) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });
const sessionsOf = async (by: Person): Promise<Session[]> => (await list(by).expect(200)).body.items;

test('one’s sessions are listed, newest first, and the one that asks is named', async () => {
  const first = await app.register();
  const second = await app.logIn(first);
  await app.register();
  const [newest, oldest, ...more] = await sessionsOf(second);
  expect(more).toEqual([]);
  expect([newest?.isCurrent, oldest?.isCurrent]).toEqual([true, false]);
  expect((await sessionsOf(first)).map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
  const page = await list(second, '?limit=1').expect(200);
  expect(page.body.items).toEqual([newest]);
  const rest = await list(second, `?limit=1&cursor=${page.body.nextCursor}`).expect(200);
  expect(rest.body).toEqual({ items: [oldest], nextCursor: null });
});

test('a session is refreshed and stays the same one', async () => {
  const person = await app.register();
  const [before] = await sessionsOf(person);
  await refresh(person).expect(200);
  expect((await sessionsOf(person)).map(({ id }) => id)).toEqual([before?.id]);
});

test('one session is ended, and the others go on', async () => {
  const first = await app.register();
  const second = await app.logIn(first);
  const [, oldest] = await sessionsOf(second);
  await end(second, oldest!.id).expect(204);
  expect((await refresh(first).expect(401)).body.code).toBe('refresh-invalid');
  await refresh(second).expect(200);
  expect((await end(second, oldest!.id).expect(404)).body.code).toBe('not-found');
});

test('the version of a session is honoured when it is sent', async () => {
  const person = await app.register();
  const [session] = await sessionsOf(person);
  const { body } = await end(person, session!.id, { 'If-Match': '"2"' }).expect(412);
  expect(body).toMatchObject({ code: 'version-conflict', current: session, changedFields: [] });
  await end(person, session!.id, { 'If-Match': '"1"' }).expect(204);
});

test('the session of somebody else does not exist', async () => {
  const [ada, bob] = [await app.register(), await app.register()];
  const [session] = await sessionsOf(ada);
  const others = await end(bob, session!.id).expect(404);
  const missing = await end(bob, '01890000-0000-7000-8000-000000000000').expect(404);
  expect(others.body.detail).toBe(missing.body.detail);
  await refresh(ada).expect(200);
});

test('a log-out everywhere ends all sessions of one person, and nobody else’s', async () => {
  const first = await app.register();
  const [second, other] = [await app.logIn(first), await app.register()];
  await app.request.post('/api/v1/auth/logout-all').set('Authorization', first.bearer).expect(204);
  for (const ended of [first, second]) await refresh(ended).expect(401);
  await refresh(other).expect(200);
  expect(await sessionsOf(first)).toEqual([]);
  await refresh(await app.logIn(first)).expect(200);
});
