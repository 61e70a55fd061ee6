import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Route } from '@tradepost/service-kit/route.ts';
import { type Connection, createConnection } from 'mysql2/promise';
import { publicRoutes } from '../src/routes.ts';
import { type AuthApp, goodPassword, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let admin: Person;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
  admin = await app.admin();
});
afterAll(() => app.stop());

interface Request {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  body?: object;
}

const send = ({ method, path, body }: Request, by: Person) =>
  app.request[method](`/api/v1${path}`).set({ Authorization: by.bearer, 'If-Match': '*' }).send(body);
const setRoles = (userId: string, roles: string[], by = admin) =>
  send({ method: 'put', path: `/users/${userId}/roles`, body: { roles } }, by);
const disable = (userId: string) => send({ method: 'post', path: `/users/${userId}/disable` }, admin);

async function registerAdmin(): Promise<Person> {
  const person = await app.register();
  await setRoles(person.id, ['admin']).expect(200);
  return app.logIn(person);
}

/** Read, never called: the dependencies are not needed. */
const routes: readonly Route[] = Object.values(publicRoutes({} as never)).flat();
const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method.toUpperCase()} ${path}`;
const withCaller = routes.filter(({ access }) => access !== 'anyone');
const adminsOnly = withCaller.filter(({ access }) => typeof access === 'object');
const named = (chosen: readonly Route[]) => chosen.map((route) => [nameOf(route), route] as const);

/** No body is valid, so that a caller who is let in changes nothing: the refusals of rights come before that of input. */
const probe = ({ method, path }: Route, by: Person) =>
  app.request[method](`/api/v1${path.replaceAll(/\{\w+\}/g, 'no-id')}?unknown=1`)
    .set('Authorization', by.bearer)
    .send(method === 'get' ? undefined : {});

describe('a token that was issued before the change', () => {
  let disabled: Person;
  let deleted: Person;
  let demoted: Person;
  beforeAll(async () => {
    [disabled, deleted, demoted] = [await registerAdmin(), await registerAdmin(), await registerAdmin()];
    await disable(disabled.id).expect(200);
    await send({ method: 'delete', path: '/users/me' }, deleted).expect(204);
    await setRoles(demoted.id, []).expect(200);
  });

  it.each(named(withCaller))(
    '%s answers 401 to a disabled and to a deleted account',
    async (_name, route) => {
      for (const person of [disabled, deleted]) {
        const answer = await probe(route, person);
        expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
        expect(answer.get('WWW-Authenticate')).toBe('Bearer');
      }
    },
  );

  it.each(named(adminsOnly))('%s answers 403 to an admin who was demoted', async (_name, route) => {
    const answer = await probe(route, demoted);
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  it('shows a demoted admin no account but their own', async () => {
    await send({ method: 'get', path: '/users' }, demoted).expect(403);
    await send({ method: 'get', path: `/users/${admin.id}` }, demoted).expect(404);
    const own = await send({ method: 'get', path: '/users/me' }, demoted).expect(200);
    expect(own.body.roles).toEqual(['customer']);
  });

  it('gets no role that it does not carry, and goes on working when the account gains one', async () => {
    const person = await app.register();
    await setRoles(person.id, ['admin']).expect(200);
    await send({ method: 'get', path: '/users' }, person).expect(403);
    await send({ method: 'get', path: '/users/me' }, person).expect(200);
    await setRoles(person.id, []).expect(200);
  });
});

/** What each write needs to succeed: the setting that it finds, and the request. */
const writes: Record<string, (by: Person) => Promise<Omit<Request, 'method'>>> = {
  'PATCH /users/me': async () => ({ path: '/users/me', body: { displayName: 'Robin' } }),
  'DELETE /users/me': async () => ({ path: '/users/me' }),
  'POST /users/me/addresses': async () => ({ path: '/users/me/addresses', body: home }),
  'PUT /users/me/addresses/{id}': async (by) => ({ path: await keepAddress(by), body: home }),
  'DELETE /users/me/addresses/{id}': async (by) => ({ path: await keepAddress(by) }),
  'POST /users/me/seller-profile': async (by) => {
    await verify(by);
    return { path: '/users/me/seller-profile', body: { displayName: 'Robin' } };
  },
  'PATCH /users/me/seller-profile': async (by) => {
    await verify(by);
    const path = '/users/me/seller-profile';
    await send({ method: 'post', path, body: { displayName: 'Robin' } }, by).expect(201);
    return { path, body: { displayName: 'Robin & Co' } };
  },
  'POST /auth/verification': async () => ({ path: '/auth/verification', body: { channel: 'email' } }),
  'POST /auth/verification/confirm': async (by) => ({
    path: '/auth/verification/confirm',
    body: { code: await requestCode(by) },
  }),
  'PUT /auth/password': async () => ({
    path: '/auth/password',
    body: { currentPassword: goodPassword, newPassword: 'another long phrase' },
  }),
  'POST /auth/logout': async () => ({ path: '/auth/logout' }),
  'POST /auth/logout-all': async () => ({ path: '/auth/logout-all' }),
  'DELETE /auth/sessions/{id}': async (by) => {
    const { body } = await send({ method: 'get', path: '/auth/sessions' }, by).expect(200);
    return { path: `/auth/sessions/${body.items[0].id}` };
  },
  'PUT /users/{id}/roles': async () => ({
    path: `/users/${(await app.register()).id}/roles`,
    body: { roles: ['admin'] },
  }),
  'POST /users/{id}/disable': async () => ({ path: `/users/${(await app.register()).id}/disable` }),
  'POST /users/{id}/enable': async () => {
    const { id } = await app.register();
    await disable(id).expect(200);
    return { path: `/users/${id}/enable` };
  },
};

const home = { name: 'Robin Reader', line1: '1 Long Lane', city: 'Leeds', country: 'GB' };

async function keepAddress(by: Person): Promise<string> {
  const { body } = await send({ method: 'post', path: '/users/me/addresses', body: home }, by).expect(201);
  return `/users/me/addresses/${body.id}`;
}

async function verify({ id }: Person): Promise<void> {
  await app.database.change('UPDATE users SET email_verified = TRUE WHERE id = :id', { id });
}

async function requestCode(by: Person): Promise<string> {
  await send({ method: 'post', path: '/auth/verification', body: { channel: 'email' } }, by).expect(202);
  const [row] = await app.database.select<{ sealed: string }>(
    'SELECT sealed FROM outgoing_messages WHERE user_id = :id ORDER BY id DESC LIMIT 1',
    { id: by.id },
  );
  return /\d{6}/.exec(app.seal.open(row?.sealed ?? '').text)?.[0] ?? '';
}

const written = [
  'users',
  'user_roles',
  'addresses',
  'seller_profiles',
  'sessions',
  'refresh_tokens',
  'verification_codes',
  'password_resets',
  'outgoing_messages',
  'outbox',
];

/** Every row of the tables that these routes write. */
async function readAll(connection: Connection): Promise<unknown[]> {
  const contents: unknown[] = [];
  for (const table of written) contents.push((await connection.query(`SELECT * FROM ${table}`))[0]);
  return contents;
}

/** A transaction of another replica that takes the rights away, and has not committed yet. */
async function beginChange(sql: readonly string[], userId: string): Promise<Connection> {
  const { DB_HOST: host, DB_PORT: port, DB_NAME: database, DB_USER: user, ...rest } = app.database.settings;
  const other = await createConnection({ host, port, database, user, password: rest.DB_PASSWORD });
  await other.beginTransaction();
  for (const statement of ['SELECT id FROM users WHERE id = ? FOR UPDATE', ...sql])
    await other.query(statement, [userId]);
  return other;
}

/** InnoDB fills this view anew only when it was not read for 100 ms. */
const lookEveryMs = 110;

/** Until a transaction of this schema waits for a lock. Fails when the request is answered instead: it does not lock. */
async function awaitLockWait(isAnswered: () => boolean): Promise<void> {
  for (;;) {
    await sleep(lookEveryMs);
    const [row] = await app.database.select<{ waiting: number }>(
      `SELECT COUNT(*) AS waiting
         FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
        WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`,
    );
    if (Number(row?.waiting) > 0) return;
    if (isAnswered()) throw new Error('The request was answered while the change was under way.');
  }
}

async function sendDuring(sql: readonly string[], request: Request, by: Person) {
  const other = await beginChange(sql, by.id);
  try {
    let isAnswered = false;
    const answer = send(request, by).then((got) => {
      isAnswered = true;
      return got;
    });
    await awaitLockWait(() => isAnswered);
    // With what this transaction has changed, and nothing of the request.
    const before = await readAll(other);
    await other.commit();
    const { status, body } = await answer;
    expect(await readAll(other)).toEqual(before);
    return [status, body.code];
  } finally {
    await other.end();
  }
}

describe('a write whose rights are taken away while it is under way', () => {
  let person: Person;
  beforeEach(async () => {
    person = await registerAdmin();
  });
  const writing = withCaller.filter(({ method }) => method !== 'get');

  async function prepare(route: Route): Promise<Request> {
    const write = writes[nameOf(route)];
    if (!write) throw new Error(`${nameOf(route)} has no row in this test.`);
    return { method: route.method, ...(await write(person)) };
  }

  it.each(named(writing))('%s answers 401 when the account is disabled', async (_name, route) => {
    const request = await prepare(route);
    const got = await sendDuring(['UPDATE users SET disabled_at = NOW(3) WHERE id = ?'], request, person);
    expect(got).toEqual([401, 'unauthenticated']);
  });

  it.each(named(writing.filter((route) => adminsOnly.includes(route))))(
    '%s answers 403 when the role is taken away',
    async (_name, route) => {
      const request = await prepare(route);
      const sql = [`DELETE FROM user_roles WHERE user_id = ? AND role = 'admin'`];
      expect(await sendDuring(sql, request, person)).toEqual([403, 'forbidden']);
    },
  );
});
