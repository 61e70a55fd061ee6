import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { freePorts } from '../../scripts/local/free-port.ts';
import { captured, euros, migrations, orderId, providerKey } from './helpers/simulator.ts';

const main = path.join(import.meta.dirname, '../src/main.ts');
const user = `payments_${randomBytes(4).toString('hex')}`;
const password = randomBytes(12).toString('hex');

let database: TestDatabase;
let child: ChildProcess;
let [url, opsUrl] = ['', ''];
const output: string[] = [];

/** As in production: no settings for tokens, and a user that may migrate. */
function environmentOf(port: number, opsPort: number): Record<string, string> {
  const { DB_HOST, DB_PORT, DB_NAME } = database.settings;
  return {
    ...{ NODE_ENV: 'production', HOST: '127.0.0.1', DRAIN_MS: '0', LOG_LEVEL: 'debug' },
    ...{ PORT: `${port}`, OPS_PORT: `${opsPort}` },
    ...{ DB_HOST, DB_PORT: `${DB_PORT}`, DB_NAME, DB_USER: user, DB_PASSWORD: password },
    ...{ DB_MIGRATION_USER: user, DB_MIGRATION_PASSWORD: password },
    PAYMENT_PROVIDER_KEY: providerKey,
  };
}

async function ready(): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const answer = await fetch(`${opsUrl}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(50);
  }
  throw new Error(`payment-simulator did not become ready:\n${output.join('')}`);
}

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  // A process needs a password, and the administrator of a private server may have none.
  await database.sequelize.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  await database.sequelize.query(`GRANT ALL ON ${database.settings.DB_NAME}.* TO '${user}'@'%'`);
  const [port = 0, opsPort = 0] = await freePorts(2);
  [url, opsUrl] = [`http://127.0.0.1:${port}/provider/v1`, `http://127.0.0.1:${opsPort}`];
  child = spawn(process.execPath, [main], { env: environmentOf(port, opsPort), stdio: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  await ready();
});
afterAll(async () => {
  child.kill('SIGKILL');
  await database.sequelize.query(`DROP USER '${user}'@'%'`);
  await database.drop();
});

/** The answer, or undefined when none has come in time. */
async function ask(
  method: 'get' | 'put',
  target: string,
  { body, ms = 5_000 }: { body?: object; ms?: number } = {},
) {
  // Not fetch: after a request that was given up it opens a connection in advance, which the drain would wait for.
  const sent = supertest(url)
    [method](target)
    .set('Authorization', `Bearer ${providerKey}`)
    .timeout(ms)
    .send(body);
  const answer = await sent.catch((error: unknown) => {
    if (!('timeout' in (error as object))) throw error;
    return undefined;
  });
  return answer && { status: answer.status, body: answer.body as object };
}

const chargeWith = (token: string) => ({ orderId, amount: euros(1999), method: 'card', token });

describe('the process, in production', () => {
  test('captures, and nobody switches its faults', async () => {
    const target = `/charges/${randomUUID()}`;
    expect(await ask('put', target, { body: chargeWith('tok_ok') })).toEqual({ status: 200, body: captured });
    expect(await ask('get', '/faults')).toMatchObject({ status: 404 });
    expect(await ask('put', '/faults', { body: { failRate: 1 } })).toMatchObject({ status: 404 });
  });

  test('loses an answer whose capture the inquiry finds', async () => {
    const target = `/charges/${randomUUID()}`;
    expect(await ask('put', target, { body: chargeWith('tok_lost_response'), ms: 700 })).toBeUndefined();
    expect(await ask('get', target)).toEqual({ status: 200, body: captured });
  });

  test('is too late with what it never captures', async () => {
    const target = `/charges/${randomUUID()}`;
    expect(await ask('put', target, { body: chargeWith('tok_timeout'), ms: 700 })).toBeUndefined();
    expect(await ask('get', target)).toMatchObject({ status: 404 });
  });

  test('takes as long as it is told to', async () => {
    const startedAt = performance.now();
    const body = chargeWith('tok_slow_400');
    expect(await ask('put', `/charges/${randomUUID()}`, { body })).toEqual({ status: 200, body: captured });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(399);
  });

  test('ends when it is asked to, although answers are still to be lost, and has told no token', async () => {
    await ask('put', `/charges/${randomUUID()}`, { body: chargeWith('tok_slow_30000'), ms: 200 });
    const startedAt = performance.now();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    const log = output.join('');
    expect(log).toContain('"message":"stopped"');
    expect(log).not.toContain('tok_');
    expect(log).not.toContain(providerKey);
  });
});
