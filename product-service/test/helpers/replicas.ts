import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { readSigningKey, serviceAuthorization, signToken } from '@tradepost/service-kit/authenticate.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { freePorts } from '../../../scripts/local/free-port.ts';
import { startFakeUpstream } from '../../../testing/fake-upstream.ts';
import { writeServiceKeys } from '../../../testing/service-keys.ts';
import { v7 as uuidv7 } from 'uuid';
import { checkedFetch } from '../../../testing/checked-fetch.ts';
import {
  inMinutes,
  type Line,
  migrations,
  nobodysId,
  type Person,
  type Product,
  teapot,
} from './product-app.ts';

const main = path.join(import.meta.dirname, '../../src/main.ts');

export interface Answer {
  status: number;
  // The body of an answer is anything until the test has looked at it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  text: string;
  headers: Headers;
}

interface Call {
  headers?: Record<string, string>;
  body?: unknown;
  by?: Person;
}

export interface Replicas {
  database: TestDatabase;
  person(...roles: string[]): Person;
  /** Calls the public listener of the next replica. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  create(by: Person, fields?: object): Promise<Product>;
  hold(orderId: string, items: Line[]): Promise<Answer>;
  move(orderId: string, verb: 'commit' | 'release' | 'return', body?: object): Promise<Answer>;
  /** What the processes have logged as warnings and errors since it was last asked, apart from load that they shed. */
  takeComplaints(): string[];
  stop(): Promise<void>;
}

interface Replica {
  process: ChildProcess;
  publicUrl: string;
  internalUrl: string;
  opsUrl: string;
  log: string[];
}

async function startReplica(environment: Record<string, string>): Promise<Replica> {
  const [port = 0, internalPort = 0, opsPort = 0] = await freePorts(3);
  const ports = { PORT: `${port}`, INTERNAL_PORT: `${internalPort}`, OPS_PORT: `${opsPort}` };
  const child = spawn(process.execPath, [main], { env: { ...environment, ...ports }, stdio: 'pipe' });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => log.push(text));
  }
  const at = (number: number): string => `http://127.0.0.1:${number}`;
  return { process: child, publicUrl: at(port), internalUrl: at(internalPort), opsUrl: at(opsPort), log };
}

async function ready({ opsUrl, process: child, log }: Replica): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const answer = await fetch(`${opsUrl}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`product-service did not become ready:\n${log.join('')}`);
}

async function end({ process: child }: Replica): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Access tokens, and the document from which the replicas learn the key that signs them. */
async function startIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test' }] };
  const issuer = await startFakeUpstream(() => ({ status: 200, body: jwks }));
  const person = (...roles: string[]): Person => {
    const id = uuidv7();
    const exp = Math.floor(Date.now() / 1000) + 900;
    const claims = {
      iss: 'tradepost',
      aud: 'tradepost',
      sub: id,
      roles: ['customer', ...roles],
      sid: id,
      exp,
    };
    return { id, bearer: `Bearer ${signToken({ kid: 'test', privateKey }, 'at+jwt', claims)}` };
  };
  return { url: issuer.url, stop: () => issuer.stop(), person };
}

/** A process needs a password, and the administrator of a private server may have none. */
async function createUser({ sequelize, settings }: TestDatabase) {
  const user = settings.DB_NAME;
  const password = randomBytes(12).toString('hex');
  await sequelize.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  await sequelize.query(`GRANT ALL ON ${settings.DB_NAME}.* TO '${user}'@'%'`);
  const drop = () => sequelize.query(`DROP USER '${user}'@'%'`);
  return { user, password, drop };
}

function settingsOf(
  { settings }: TestDatabase,
  { user, password }: { user: string; password: string },
  keys: ReturnType<typeof writeServiceKeys>,
) {
  return {
    DB_HOST: settings.DB_HOST,
    DB_PORT: `${settings.DB_PORT}`,
    DB_NAME: settings.DB_NAME,
    DB_USER: user,
    DB_PASSWORD: password,
    DB_MIGRATION_USER: user,
    DB_MIGRATION_PASSWORD: password,
    DB_POOL_SIZE: '10',
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    DRAIN_MS: '0',
    SERVICE_KEY_FILE: keys.keyFile('product-service'),
    SERVICE_PUBLIC_KEYS_FILE: keys.publicKeysFile,
  };
}

/** On a machine that is busy with more than this test, somebody may wait too long; a deadlock is never excused. */
const shedLoad = /^request failed, 503, (?!.*Deadlock)|ConnectionAcquireTimeoutError/;

/** The gist of a line of log; empty for one that says nothing. */
function summary(line: string): string[] {
  if (!line.startsWith('{')) return line === '' ? [] : [line];
  const { message, status, error } = JSON.parse(line) as { message: string; status?: number; error?: Error };
  return [[message, status, error?.name, error?.message].filter((part) => part !== undefined).join(', ')];
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body, text, headers: response.headers };
}

/** As a good client: what is answered with Retry-After, as a busy machine may do, is sent again later. */
async function patiently(send: () => Promise<Response>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await answerOf(await send());
    if (tries === 30 || !answer.headers.has('Retry-After')) return answer;
    await sleep(1000 * Math.random());
  }
}

/** Two processes of the service, as in production, each with its own pool, on one schema. */
export async function startReplicas(): Promise<Replicas> {
  const database = await createTestDatabase(migrations, 2);
  await registerSinks(database, [{ name: 'test' }]);
  const issuer = await startIssuer();
  const keys = writeServiceKeys(['order-service', 'product-service']);
  const user = await createUser(database);
  // Nobody asks about a hold in these tests, and whoever answers takes every event.
  const elsewhere = { JWKS_URL: issuer.url, ORDER_SERVICE_URL: issuer.url };
  const environment = { ...settingsOf(database, user, keys), ...elsewhere };
  const replicas = [await startReplica(environment), await startReplica(environment)];
  await Promise.all(replicas.map(ready));
  const key = readSigningKey(keys.keyFile('order-service'));
  const authorization = serviceAuthorization(key, 'order-service', 'product-service');
  let turn = 0;
  const next = (): Replica => replicas[turn++ % replicas.length]!;

  function call(method: string, target: string, { headers = {}, body, by }: Call = {}): Promise<Answer> {
    const sent = {
      ...headers,
      ...(by && { Authorization: by.bearer }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const payload = body === undefined ? null : JSON.stringify(body);
    return patiently(() =>
      checkedFetch(`${next().publicUrl}/api/v1${target}`, { method, headers: sent, body: payload }),
    );
  }

  function callInside(method: string, target: string, body?: object): Promise<Answer> {
    const headers = { Authorization: authorization(), ...(body && { 'Content-Type': 'application/json' }) };
    const payload = body ? JSON.stringify(body) : null;
    return patiently(() =>
      fetch(`${next().internalUrl}/internal/v1/reservations/${target}`, { method, headers, body: payload }),
    );
  }

  return {
    database,
    person: issuer.person,
    call,
    async create(by, fields = {}) {
      const { status, body, text } = await call('POST', '/products', { by, body: { ...teapot, ...fields } });
      if (status !== 201) throw new Error(text);
      return body as Product;
    },
    hold: (orderId, items) =>
      callInside('PUT', orderId, { buyerId: nobodysId, items, reviewAt: inMinutes(65) }),
    move: (orderId, verb, body) => callInside('POST', `${orderId}/${verb}`, body),
    takeComplaints() {
      const lines = replicas.flatMap(({ log }) => log.splice(0).join('').split('\n'));
      return [...new Set(lines.flatMap(summary))].filter((line) => !shedLoad.test(line));
    },
    async stop() {
      await Promise.all(replicas.map(end));
      await issuer.stop();
      await user.drop();
      await database.drop();
    },
  };
}
