import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { createApp } from '../../src/app.ts';
import { authenticateByKey } from '../../src/authenticate-by-key.ts';
import { chargeOutcome, chargePage } from '../../src/charges/charges.schemas.ts';
import { createFaults } from '../../src/faults/create-faults.ts';
import { defineModels } from '../../src/models.ts';
import { refundOutcome } from '../../src/refunds/refunds.schemas.ts';
import type { Sleep } from '../../src/sleep.ts';

export const migrations = path.join(import.meta.dirname, '../../migrations');
export const providerKey = 'known-to-this-test-only';
export const faultSeed = 'tests';
export const orderId = '01890000-0000-7000-8000-00000000000a';
export const euros = (amount: number) => ({ amount, currency: 'EUR' });

export const captured = { status: 'captured', declineCode: null };
export const refunded = { status: 'refunded', declineCode: null };
export const declined = (declineCode: string) => ({ status: 'declined', declineCode });

export interface Simulator {
  url: string;
  database: TestDatabase;
  /** How long the simulator has slept each time; in truth it goes on at once. */
  naps: number[];
  /** What happens while it sleeps. */
  whileAsleep: (ms: number) => Promise<unknown>;
  /** All that it has logged, errors in full. */
  lines: string[];
  send(method: 'get' | 'put' | 'delete', path: string, body?: object): supertest.Test;
  charge(chargeId: string, fields?: object): supertest.Test;
  inquire(chargeId: string): supertest.Test;
  close(chargeId: string): supertest.Test;
  refund(refundId: string, fields: object): supertest.Test;
  stop(): Promise<void>;
}

const answers = [
  { path: /\/charges$/, schema: chargePage },
  { path: /\/charges\//, schema: chargeOutcome },
  { path: /\/refunds\//, schema: refundOutcome },
];

/** An answer that does not fit its schema, or a refusal that is no problem, fails the request. */
function assertShape(path: string, { status, body, type }: supertest.Response): void {
  const schema = answers.find((answer) => answer.path.test(path.split('?')[0] ?? ''))?.schema;
  if (status === 200) schema?.strict().parse(body);
  if (status >= 400 && type !== 'application/problem+json') throw new Error(`${path}: ${status}, ${type}`);
}

function recordingLogger(lines: string[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push(inspect({ level, message, fields }, { depth: 10 }));
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** The pipeline as it runs, on a schema of its own. */
async function serve(
  database: TestDatabase,
  lines: string[],
  options: { sleep: Sleep; switchable: boolean },
) {
  defineModels(database.sequelize);
  const app = createApp({
    database,
    sleep: options.sleep,
    faultSeed,
    faults: createFaults(faultSeed),
    faultsSwitchable: options.switchable,
    authenticate: authenticateByKey(providerKey),
    logger: recordingLogger(lines),
    metrics: createMetrics(),
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // As in production: a test that stops the process for a while must not find its connection closed.
  server.keepAliveTimeout = 65_000;
  return server;
}

/**
 * The simulator in this process; it sleeps without losing time.
 * @param poolSize 1, so that a query which forgets its transaction fails; more for races
 */
export async function startSimulator({ poolSize = 1, switchable = true } = {}): Promise<Simulator> {
  const database = await createTestDatabase(migrations, poolSize);
  const [naps, lines]: [number[], string[]] = [[], []];
  const sleep: Sleep = async (ms) => {
    naps.push(ms);
    await simulator.whileAsleep(ms);
  };
  const server = await serve(database, lines, { sleep, switchable });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send: Simulator['send'] = (method, target, body) =>
    supertest(url)
      [method](`/provider/v1${target}`)
      .set('Authorization', `Bearer ${providerKey}`)
      .send(body)
      .expect((answer) => assertShape(target, answer));
  const simulator: Simulator = {
    url,
    database,
    naps,
    lines,
    whileAsleep: () => Promise.resolve(),
    send,
    charge: (chargeId, fields = {}) =>
      send('put', `/charges/${chargeId}`, {
        orderId,
        amount: euros(1999),
        method: 'card',
        token: 'tok_ok',
        ...fields,
      }),
    inquire: (chargeId) => send('get', `/charges/${chargeId}`),
    close: (chargeId) => send('delete', `/charges/${chargeId}`),
    refund: (refundId, fields) => send('put', `/refunds/${refundId}`, fields),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await database.drop();
    },
  };
  return simulator;
}
