import path from 'node:path';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import {
  authenticateServices,
  authenticateUsers,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { type CheckedApp, serveChecked } from '../../../testing/checked-app.ts';
import { writeServiceKeys } from '../../../testing/service-keys.ts';
import { ensureAdmin } from '../../src/accounts/ensure-admin.ts';
import { hashPasswords } from '../../src/passwords/hash-passwords.ts';
import { createInternalApp, createPublicApp } from '../../src/app.ts';
import { defineModels } from '../../src/models.ts';
import { loadSigningKeys, type SigningKeys } from '../../src/sessions/load-signing-keys.ts';

export const migrations = path.join(import.meta.dirname, '../../migrations');
export const adminLogIn = { email: 'admin@example.org', password: 'correct horse battery' };
export const goodPassword = 'a long enough phrase';

export interface Person {
  id: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  bearer: string;
}

export interface AuthApp extends Omit<CheckedApp, 'close'> {
  database: TestDatabase;
  keys: SigningKeys;
  /** What other services call; docs/openapi.json does not know it. */
  internal: CheckedApp['request'];
  serviceBearer: string;
  register(fields?: object): Promise<Person>;
  logIn(credentials: { email: string; password: string }): Promise<Person>;
  admin(): Promise<Person>;
  stop(): Promise<void>;
}

let registered = 0;

async function prepare(database: TestDatabase, cost: number, leewaySeconds: number) {
  const passwords = hashPasswords(cost);
  await ensureAdmin(
    { database, passwords, logger: silentLogger },
    { ADMIN_EMAIL: adminLogIn.email, ADMIN_PASSWORD: adminLogIn.password },
  );
  const keys = await loadSigningKeys(database);
  const expected = { issuer: 'tradepost', audience: 'tradepost' };
  const serviceKeys = writeServiceKeys(['order-service']);
  const dependencies = {
    database,
    passwords,
    tokenIssuer: { keys, ...expected },
    leewaySeconds,
    authenticate: {
      users: authenticateUsers(keys.find, expected),
      services: authenticateServices(serviceKeys.publicKeysFile, 'auth-service'),
    },
    logger: silentLogger,
    metrics: createMetrics(),
  };
  const key = readSigningKey(serviceKeys.keyFile('order-service'));
  const serviceBearer = serviceAuthorization(key, 'order-service', 'auth-service')();
  const internal = supertest.agent(createInternalApp(dependencies));
  return { app: createPublicApp(dependencies), keys, internal, serviceBearer };
}

/** The service as it runs, on a schema of its own: with a pool of one connection, but for tests of races. */
export async function startAuthApp({ poolSize = 1, cost = 4, leewaySeconds = 0 } = {}): Promise<AuthApp> {
  const database = await createTestDatabase(migrations, poolSize);
  await registerSinks(database, [{ name: 'test' }]);
  defineModels(database.sequelize);
  const { app, ...inside } = await prepare(database, cost, leewaySeconds);
  const { request, url, close } = await serveChecked(app);

  async function logIn({ email, password }: { email: string; password: string }): Promise<Person> {
    const { body } = await request.post('/api/v1/auth/login').send({ email, password }).expect(200);
    const { accessToken, refreshToken } = body as Person;
    const { sub } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    return { id: sub, email, password, accessToken, refreshToken, bearer: `Bearer ${accessToken}` };
  }

  return {
    ...inside,
    database,
    request,
    url,
    logIn,
    admin: () => logIn(adminLogIn),
    async register(fields = {}) {
      registered += 1;
      const person = { email: `person-${registered}@example.org`, password: goodPassword, ...fields };
      const { body } = await request.post('/api/v1/auth/register').send(person).expect(201);
      const { user, accessToken, refreshToken } = body;
      return { ...person, id: user.id, accessToken, refreshToken, bearer: `Bearer ${accessToken}` };
    },
    async stop() {
      await close();
      await database.drop();
    },
  };
}
