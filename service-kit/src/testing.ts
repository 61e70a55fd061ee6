import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { authenticateUsers, type Authenticate, signToken } from './authenticate.ts';
import { type Database, openDatabase } from './database.ts';
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
  settings: {
    DB_HOST: string;
    DB_PORT: number;
    DB_NAME: string;
    DB_USER: string;
    DB_PASSWORD: string;
    DB_POOL_SIZE: number;
  };
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
  const settings = {
    DB_HOST: server.host,
    DB_PORT: server.port,
    DB_NAME: name,
    DB_USER: server.user,
    DB_PASSWORD: server.password,
    DB_POOL_SIZE: poolSize,
  };
  if (migrations !== undefined) {
    await migrate(
      migrations,
      { ...settings, DB_MIGRATION_USER: server.user, DB_MIGRATION_PASSWORD: server.password },
      silentLogger,
    );
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

/** A key pair for each service, in the two files that a process reads. */
export function writeServiceKeys(services: readonly string[]): {
  keyFile(service: string): string;
  publicKeysFile: string;
} {
  const directory = mkdtempSync(path.join(tmpdir(), 'service-keys-'));
  const keyFile = (service: string): string => path.join(directory, `${service}.json`);
  const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
  const sets = services.map((service) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(keyFile(service), JSON.stringify(jwk(privateKey, service)), { mode: 0o600 });
    return [service, { keys: [jwk(publicKey, service)] }];
  });
  const publicKeysFile = path.join(directory, 'public.json');
  writeFileSync(publicKeysFile, JSON.stringify(Object.fromEntries(sets)));
  return { keyFile, publicKeysFile };
}

export interface UpstreamCall {
  method: string;
  path: string;
  body: unknown;
  headers: IncomingMessage['headers'];
}

type UpstreamAnswer = { status: number; body?: unknown } | 'hang' | 'reset';

/** Another service, faked at the HTTP border: records every call and answers what `answer` says, or never, or not at all. */
export async function startFakeUpstream(
  answer: (call: UpstreamCall) => UpstreamAnswer | Promise<UpstreamAnswer>,
) {
  const calls: UpstreamCall[] = [];
  const fake = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const call = { method: req.method ?? '', path: req.url ?? '', body, headers: req.headers };
      calls.push(call);
      const reply = await answer(call);
      if (reply === 'reset') req.socket.destroy();
      else if (reply !== 'hang') {
        res.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
      }
    })();
  });
  fake.listen(0, '127.0.0.1');
  await once(fake, 'listening');
  return {
    url: `http://127.0.0.1:${(fake.address() as AddressInfo).port}`,
    calls,
    async stop() {
      fake.closeAllConnections();
      fake.close();
      await once(fake, 'close');
    },
  };
}
