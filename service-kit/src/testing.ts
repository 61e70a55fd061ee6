import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { authenticateUsers, type Authenticate, signToken } from './authenticate.ts';
import { type Database, type DatabaseSettings, openDatabase } from './database.ts';
import type { Logger } from './logger.ts';
import { migrate } from './migrate.ts';

const server = {
  host: process.env.TEST_DB_HOST ?? '127.0.0.1',
  port: Number(process.env.TEST_DB_PORT ?? 3306),
  user: process.env.TEST_DB_USER ?? 'root',
  password: process.env.TEST_DB_PASSWORD ?? '',
};
/** A query that forgets its transaction waits for the pool's only connection, and fails after this long. */
const acquireMs = 1_500;

export const silentLogger: Logger = { error() {}, warn() {}, info() {}, debug() {} };

export interface TestDatabase extends Database {
  /** Settings with which more pools, or a process, can open the same schema. */
  settings: DatabaseSettings;
  drop(): Promise<void>;
}

/**
 * A schema of its own for a test file, on the real server that TEST_DB_* name, with all migrations applied.
 * @param migrations directory of the service's migrations; without it the schema is empty
 * @param poolSize connections of the pool; 1, but for tests of races
 */
export async function createTestDatabase(migrations?: string, poolSize = 1): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = await createConnection(server);
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  const { host: DB_HOST, port: DB_PORT, user: DB_USER, password: DB_PASSWORD } = server;
  const settings = { DB_HOST, DB_PORT, DB_NAME: name, DB_USER, DB_PASSWORD, DB_POOL_SIZE: poolSize };
  if (migrations !== undefined) {
    const migrator = { ...settings, DB_MIGRATION_USER: DB_USER, DB_MIGRATION_PASSWORD: DB_PASSWORD };
    await migrate(migrations, migrator, silentLogger);
  }
  const database = openDatabase(settings, acquireMs);
  return {
    ...database,
    settings,
    async drop() {
      await database.close();
      await admin.query(`DROP DATABASE ${name}`);
      await admin.end();
    },
  };
}

interface TestTokens {
  authenticate: Authenticate;
  /** The Authorization header of somebody with these roles. */
  bearer(userId: string, ...roles: string[]): string;
}

/** Access tokens signed with a key of this test, and what accepts them. */
export function createTestTokens(): TestTokens {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const expected = { issuer: 'tradepost', audience: 'tradepost' };
  return {
    authenticate: authenticateUsers(() => Promise.resolve(publicKey), expected),
    bearer(userId, ...roles) {
      const exp = Math.floor(Date.now() / 1000) + 900;
      const claims = { iss: expected.issuer, aud: expected.audience, sub: userId, roles, sid: userId, exp };
      return `Bearer ${signToken({ kid: 'test', privateKey }, 'at+jwt', claims)}`;
    },
  };
}
