import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { createTestDatabase, silentLogger } from '@tradepost/service-kit/testing.ts';
import { ensureAdmin } from '../src/accounts/ensure-admin.ts';
import { hashPasswords } from '../src/passwords/hash-passwords.ts';
import { defineModels } from '../src/models.ts';
import { loadSigningKeys } from '../src/signing-keys/load-signing-keys.ts';
import { adminLogIn, type AuthApp, migrations, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
});
afterAll(() => app.stop());

const refresh = (refreshToken: string) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });

test('of 20 refreshes with one token at once, one works and the family dies', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { refreshToken } = await app.register();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const codes = answers.filter(({ status }) => status === 401).map(({ body }) => body.code as string);
    expect(codes).toEqual(Array(19).fill('refresh-reused'));
    const { body } = await refresh(winners[0]?.body.refreshToken).expect(401);
    expect(body.code).toBe('refresh-invalid');
  }
});

const makeAdmins = (...people: Person[]) =>
  app.database.change(
    `INSERT IGNORE INTO user_roles (user_id, role) SELECT id, 'admin' FROM users WHERE id IN (:ids)`,
    { ids: people.map(({ id }) => id) },
  );
const setRoles = (by: Person, { id }: Person, roles: string[]) =>
  app.request.put(`/api/v1/users/${id}/roles`).set('Authorization', by.bearer).send({ roles });

test('of two admins who demote each other at once, one stays', async () => {
  const people = [await app.register(), await app.register()] as const;
  await makeAdmins(...people);
  const [a, b] = [await app.logIn(people[0]), await app.logIn(people[1])];
  await app.database.change(`DELETE FROM user_roles WHERE role = 'admin'`, {});
  for (let round = 0; round < 100; round += 1) {
    await makeAdmins(a, b);
    const answers = await Promise.all([setRoles(a, b, []), setRoles(b, a, [])]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const rows = await app.database.select("SELECT user_id FROM user_roles WHERE role = 'admin'");
    expect(rows).toHaveLength(1);
  }
});

test('of 40 changes of other accounts by one admin at once, each is made', async () => {
  const person = await app.register();
  await makeAdmins(person);
  const admin = await app.logIn(person);
  const people = await Promise.all(Array.from({ length: 40 }, () => app.register()));
  const answers = await Promise.all(people.map((one) => setRoles(admin, one, ['seller'])));
  expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
});

test('of 20 changes with one version at once, one is made', async () => {
  const { bearer } = await app.register();
  const change = (displayName: string) =>
    app.request
      .patch('/api/v1/users/me')
      .set({ Authorization: bearer, 'If-Match': '"1"' })
      .send({ displayName });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => change(`Name ${index}`)));
  const winner = answers.filter(({ status }) => status === 200);
  expect(winner).toHaveLength(1);
  for (const { status, body } of answers.filter((answer) => answer !== winner[0])) {
    expect({ status, code: body.code }).toEqual({ status: 412, code: 'version-conflict' });
    expect(body.current).toEqual(winner[0]?.body);
    expect(body.changedFields).toEqual(['displayName']);
  }
});

/** Three replicas that open the same empty schema, each with a pool of its own. */
async function startTogether<T>(
  start: (database: Database) => Promise<T>,
): Promise<{ results: T[]; rows: number }> {
  const schema = await createTestDatabase(migrations, 3);
  defineModels(schema.sequelize);
  await registerSinks(schema, [{ name: 'test' }]);
  const pools = Array.from({ length: 3 }, () => openDatabase(schema.settings));
  try {
    // Connected already, so that all three set off at the same moment.
    await Promise.all(pools.map((pool) => pool.select('SELECT 1')));
    const results = await Promise.all(pools.map(start));
    const [row] = await schema.select<{ count: number }>(
      'SELECT (SELECT COUNT(*) FROM signing_keys) + (SELECT COUNT(*) FROM users) AS count',
    );
    return { results, rows: Number(row?.count) };
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    await schema.drop();
    defineModels(app.database.sequelize);
  }
}

test('three replicas that start at once make one signing key and publish it', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { results, rows } = await startTogether((database) => loadSigningKeys(database));
    const published = results.map((keys) => keys.published());
    expect(rows).toBe(1);
    expect(published[0]?.keys).toHaveLength(1);
    expect(published[1]).toEqual(published[0]);
    expect(published[2]).toEqual(published[0]);
  }
});

test('three replicas that start at once make one first admin', async () => {
  const passwords = hashPasswords(4);
  const settings = { ADMIN_EMAIL: adminLogIn.email, ADMIN_PASSWORD: adminLogIn.password };
  for (let round = 0; round < 10; round += 1) {
    const { rows } = await startTogether((database) =>
      ensureAdmin({ database, passwords, logger: silentLogger }, settings),
    );
    expect(rows).toBe(1);
  }
});
