import path from 'node:path';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import {
  authenticateServices,
  authenticateUsers,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { type CheckedApp, serveChecked } from '../../../testing/checked-app.ts';
import { writeServiceKeys } from '../../../testing/service-keys.ts';
import { ensureAdmin } from '../../src/accounts/ensure-admin.ts';
import { hashPasswords } from '../../src/passwords/hash-passwords.ts';
import { authenticateCallers } from '../../src/callers/authenticate-callers.ts';
import { createInternalApp, createPublicApp } from '../../src/app.ts';
import type { LimitConfig } from '../../src/config.ts';
import { openLimits } from '../../src/limits/open-limits.ts';
import type { Seal } from '../../src/messages/seal.ts';
import { defineModels } from '../../src/models.ts';
import { deriveKeys } from '../../src/prepare-dependencies.ts';
import { loadSigningKeys, type SigningKeys } from '../../src/signing-keys/load-signing-keys.ts';

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
  /** Opens messages that wait. */
  seal: Seal;
  /** What other services call; docs/openapi.json does not know it. */
  internal: CheckedApp['request'];
  serviceBearer: string;
  register(fields?: object): Promise<Person>;
  logIn(credentials: { email: string; password: string }): Promise<Person>;
  admin(): Promise<Person>;
  stop(): Promise<void>;
}

/** As under npm start: nobody reaches what is counted for an address. */
export const limitsForTests: LimitConfig = {
  LOG_IN_FAILURES_PER_ACCOUNT: 10,
  LOG_IN_FAILURES_PER_ADDRESS: 100_000,
  REGISTRATIONS_PER_ADDRESS: 100_000,
  CODES_PER_ACCOUNT: 10,
  CODES_PER_ADDRESS: 100_000,
};

export interface AuthAppOptions {
  /** 1, but for tests of races. */
  poolSize?: number;
  cost?: number;
  leewaySeconds?: number;
  limits?: Partial<LimitConfig>;
  /** The directory of the development mailbox. */
  mailSpool?: string | undefined;
  logger?: Logger;
}

let registered = 0;

/** One replica, on a pool that may be one of several. */
export async function prepare(
  database: Database,
  { cost = 4, leewaySeconds = 0, limits, mailSpool, logger = silentLogger }: AuthAppOptions = {},
) {
  const passwords = hashPasswords(cost);
  await ensureAdmin(
    { database, passwords, logger: silentLogger },
    { ADMIN_EMAIL: adminLogIn.email, ADMIN_PASSWORD: adminLogIn.password },
  );
  const keys = await loadSigningKeys(database);
  const expected = { issuer: 'tradepost', audience: 'tradepost', clock: database.clock };
  const serviceKeys = writeServiceKeys(['order-service', 'auth-service']);
  const dependencies = {
    database,
    passwords,
    tokenIssuer: { keys, ...expected },
    leewaySeconds,
    limits: openLimits({ database, logger: silentLogger }, { ...limitsForTests, ...limits }),
    authenticate: {
      users: authenticateCallers(authenticateUsers(keys.find, expected)),
      services: authenticateServices(serviceKeys.publicKeysFile, 'auth-service', database.clock),
    },
    logger,
    metrics: createMetrics(),
    mailSpool,
    ...deriveKeys('known-to-this-test-only'),
  };
  const key = readSigningKey(serviceKeys.keyFile('order-service'));
  const serviceBearer = serviceAuthorization(key, 'order-service', 'auth-service')();
  const internal = supertest.agent(createInternalApp(dependencies));
  const { stop: stopLimits } = dependencies.limits;
  const app = createPublicApp(dependencies);
  return { app, keys, seal: dependencies.seal, internal, serviceBearer, stopLimits };
}

/** The service as it runs, on a schema of its own: with a pool of one connection, but for tests of races. */
export async function startAuthApp(options: AuthAppOptions = {}): Promise<AuthApp> {
  const database = await createTestDatabase(migrations, options.poolSize ?? 1);
  await registerSinks(database, [{ name: 'test' }]);
  defineModels(database.sequelize);
  const { app, stopLimits, ...inside } = await prepare(database, options);
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
      stopLimits();
      await database.drop();
    },
  };
}
