import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import {
  type Authenticate,
  authenticateServices,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import {
  createTestDatabase,
  createTestTokens,
  silentLogger,
  type TestDatabase,
} from '@tradepost/service-kit/testing.ts';
import { writeServiceKeys } from '../../../testing/service-keys.ts';
import supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { type CheckedApp, serveChecked } from '../../../testing/checked-app.ts';
import { createInternalApp, createPublicApp } from '../../src/app.ts';
import { createAuditClient } from '../../src/clients/audit-client.ts';
import { createDeadLetterClient } from '../../src/clients/dead-letter-client.ts';
import { createPaymentClient } from '../../src/clients/payment-client.ts';
import { createWebhookClient } from '../../src/clients/webhook-client.ts';
import { createProductClient } from '../../src/clients/product-client.ts';
import { listenWith } from '../../src/listener.ts';
import { defineModels } from '../../src/models.ts';
import { resumeOrders } from '../../src/due-steps/resume-orders.ts';
import type { SagaDependencies } from '../../src/saga/step.ts';
import { type FakeProducts, startFakeProducts } from './fake-products.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';
import { expectSoundHistories } from './histories.ts';

const migrations = path.join(import.meta.dirname, '../../migrations');
const orderTables = [
  'orders',
  'order_items',
  'order_sagas',
  'order_timeline',
  'payments',
  'refunds',
  'idempotency_claims',
  'idempotency_answers',
];

export const tokens = createTestTokens();
export const serviceKeys = writeServiceKeys(['order-service', 'product-service', 'auth-service']);
export const paymentWindowMinutes = 60;
export const shipTo = { name: 'Ada Moor', line1: '1 Harbour Lane', city: 'Leiden', country: 'NL' };

export interface Person {
  id: string;
  bearer: string;
}

export function somebody(...roles: string[]): Person {
  const id = uuidv7();
  return { id, bearer: tokens.bearer(id, 'customer', ...roles) };
}

/** An order of these products, one piece of each, but for fields that say otherwise. */
export function basket(products: readonly { id: string }[], fields: object = {}): object {
  return { items: products.map(({ id }) => ({ productId: id, quantity: 1 })), shipTo, ...fields };
}

export interface Replica extends Omit<CheckedApp, 'close'> {
  /** POST /orders, under a fresh key unless the headers bring one. */
  place(buyer: Person, body: object, headers?: Record<string, string>): supertest.Test;
  cancel(by: Person, orderId: string, headers?: Record<string, string>): supertest.Test;
  /** POST /orders/{id}/payments by card, under a fresh key unless the headers bring one. */
  pay(by: Person, orderId: string, token?: string, headers?: Record<string, string>): supertest.Test;
  refund(by: Person, orderId: string, amount: number, headers?: Record<string, string>): supertest.Test;
  get(by: Person, pathAndQuery: string): supertest.Test;
  close(): Promise<void>;
}

export interface OrderApp extends Replica {
  database: TestDatabase;
  products: FakeProducts;
  provider: FakeProvider;
  /** What other services call; docs/openapi.json does not know it. */
  internal: CheckedApp['request'];
  /** Another process of the service, as far as a database can tell: an app with a pool of its own. */
  startReplica(): Promise<Replica & { database: Database }>;
  /** What a step of an order works with. */
  dependencies: SagaDependencies;
  /** Starts the loop that goes on with orders whose step is due; the caller stops it. */
  resume(database?: Database): ReturnType<typeof resumeOrders>;
  /** Makes the step of an order due, as if its lease had run out. */
  makeDue(orderId?: string): Promise<void>;
  countRows(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/** Asks again until the answer is as hoped for; a slow machine may take its time. */
export async function eventually<T>(read: () => Promise<T>, hoped: (value: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    const value = await read();
    if (hoped(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`Still ${JSON.stringify(value)} after 15 s.`);
    await sleep(25);
  }
}

interface Fakes {
  products: FakeProducts;
  provider: FakeProvider;
  /** Checks the tokens of people; without it, those of `tokens` are valid. */
  authenticate: ((database: Database) => Authenticate) | undefined;
  /** Receivers of the test. */
  webhookHosts: readonly string[];
}

/** What the others tell an audit, its own test fakes. */
const nobody = createHttpClient(['http://127.0.0.1:1']);

function dependenciesOf(database: Database, { products, provider, webhookHosts, authenticate }: Fakes) {
  const services = authenticateServices(serviceKeys.publicKeysFile, 'order-service', database.clock);
  return {
    database,
    listener: listenWith({ database }, { EVENT_SINKS: ['http', 'webhook'] }),
    products: productClient(products, database.clock),
    payments: createPaymentClient(createHttpClient(provider.addresses, { maxRetries: 0 })),
    audits: createAuditClient({ products: nobody, accounts: nobody, provider: nobody }),
    deadLetters: createDeadLetterClient({ 'product-service': nobody, 'auth-service': nobody }),
    webhooks: createWebhookClient(webhookHosts),
    paymentWindowMinutes,
    authenticate: { users: authenticate?.(database) ?? tokens.authenticate, services },
    logger: silentLogger,
    metrics: createMetrics(),
  };
}

async function serve(database: Database, fakes: Fakes): Promise<Replica> {
  const served = await serveChecked(createPublicApp(dependenciesOf(database, fakes)));
  return {
    ...served,
    place: (buyer, body, headers = {}) =>
      served.request
        .post('/api/v1/orders')
        .set({ Authorization: buyer.bearer, 'Idempotency-Key': randomUUID(), ...headers })
        .send(body),
    cancel: (by, orderId, headers = {}) =>
      served.request
        .post(`/api/v1/orders/${orderId}/cancel`)
        .set({ Authorization: by.bearer, ...headers })
        .send({ reason: 'changed my mind' }),
    pay: (by, orderId, token = 'tok_ok', headers = {}) =>
      served.request
        .post(`/api/v1/orders/${orderId}/payments`)
        .set({ Authorization: by.bearer, 'Idempotency-Key': randomUUID(), ...headers })
        .send({ method: 'card', token }),
    refund: (by, orderId, amount, headers = {}) =>
      served.request
        .post(`/api/v1/orders/${orderId}/refunds`)
        .set({ Authorization: by.bearer, 'Idempotency-Key': randomUUID(), ...headers })
        .send({ amount: { amount, currency: 'EUR' }, reason: 'broken' }),
    get: (by, pathAndQuery) => served.request.get(`/api/v1${pathAndQuery}`).set('Authorization', by.bearer),
  };
}

function productClient({ addresses }: FakeProducts, clock: Clock) {
  const key = readSigningKey(serviceKeys.keyFile('order-service'));
  const authorization = serviceAuthorization(key, 'order-service', 'product-service');
  return createProductClient(createHttpClient(addresses, { authorization, clock }));
}

/** The service as it runs, on a schema of its own: with a pool of one connection, but for tests of races. */
export async function startOrderApp({
  poolSize = 1,
  webhookHosts = [] as readonly string[],
  authenticate = undefined as ((database: Database) => Authenticate) | undefined,
} = {}): Promise<OrderApp> {
  const database = await createTestDatabase(migrations, poolSize);
  defineModels(database.sequelize);
  await registerSinks(database, [{ name: 'test' }]);
  const [products, provider] = [await startFakeProducts(), await startFakeProvider()];
  const fakes = { products, provider, webhookHosts, authenticate };
  const replica = await serve(database, fakes);
  return {
    ...replica,
    database,
    products,
    provider,
    internal: supertest.agent(createInternalApp(dependenciesOf(database, fakes))),
    async startReplica() {
      const pool = openDatabase(database.settings);
      const other = await serve(pool, fakes);
      const close = async (): Promise<void> => {
        await other.close();
        await pool.close();
      };
      return { ...other, database: pool, close };
    },
    dependencies: dependenciesOf(database, fakes),
    resume: (pool = database) => resumeOrders(dependenciesOf(pool, fakes)),
    async makeDue(orderId) {
      await database.change(
        `UPDATE order_sagas SET due_at = NOW(3) - INTERVAL 1 SECOND
          WHERE due_at IS NOT NULL AND step <> 'expire' ${orderId === undefined ? '' : 'AND order_id = :orderId'}`,
        { orderId },
      );
    },
    async countRows() {
      const counts = orderTables.map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`);
      const [row] = await database.select<Record<string, number>>(`SELECT ${counts.join(', ')}`);
      return row!;
    },
    async stop() {
      await replica.close();
      await products.stop();
      await provider.stop();
      try {
        await expectSoundHistories(database);
      } finally {
        await database.drop();
      }
    },
  };
}
