import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
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
import type supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { type CheckedApp, serveChecked } from '../../../testing/checked-app.ts';
import { createApp } from '../../src/app.ts';
import { createProductClient } from '../../src/clients/product-client.ts';
import { defineModels } from '../../src/models.ts';
import { resumeOrders } from '../../src/saga/resume-orders.ts';
import { type FakeProducts, startFakeProducts } from './fake-products.ts';
import { expectSoundHistories } from './histories.ts';

const migrations = path.join(import.meta.dirname, '../../migrations');
const orderTables = ['orders', 'order_items', 'order_sagas', 'order_timeline', 'idempotency_keys'];

export const tokens = createTestTokens();
export const serviceKeys = writeServiceKeys(['order-service']);
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
  get(by: Person, pathAndQuery: string): supertest.Test;
  close(): Promise<void>;
}

export interface OrderApp extends Replica {
  database: TestDatabase;
  products: FakeProducts;
  /** Another process of the service, as far as a database can tell: an app with a pool of its own. */
  startReplica(): Promise<Replica & { database: Database }>;
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

async function serve(database: Database, products: FakeProducts): Promise<Replica> {
  const app = createApp({
    database,
    products: productClient(products),
    paymentWindowMinutes,
    authenticate: tokens.authenticate,
    logger: silentLogger,
    metrics: createMetrics(),
  });
  const served = await serveChecked(app);
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
    get: (by, pathAndQuery) => served.request.get(`/api/v1${pathAndQuery}`).set('Authorization', by.bearer),
  };
}

function productClient({ addresses }: FakeProducts) {
  const key = readSigningKey(serviceKeys.keyFile('order-service'));
  const authorization = serviceAuthorization(key, 'order-service', 'product-service');
  return createProductClient(createHttpClient(addresses, authorization));
}

/** The service as it runs, on a schema of its own: with a pool of one connection, but for tests of races. */
export async function startOrderApp({ poolSize = 1 } = {}): Promise<OrderApp> {
  const database = await createTestDatabase(migrations, poolSize);
  defineModels(database.sequelize);
  const products = await startFakeProducts();
  const replica = await serve(database, products);
  return {
    ...replica,
    database,
    products,
    async startReplica() {
      const pool = openDatabase(database.settings);
      const other = await serve(pool, products);
      const close = async (): Promise<void> => {
        await other.close();
        await pool.close();
      };
      return { ...other, database: pool, close };
    },
    resume: (pool = database) =>
      resumeOrders({ database: pool, products: productClient(products), logger: silentLogger }),
    async makeDue(orderId) {
      await database.change(
        `UPDATE order_sagas SET due_at = NOW(3) - INTERVAL 1 SECOND
          WHERE due_at IS NOT NULL ${orderId === undefined ? '' : 'AND order_id = :orderId'}`,
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
      try {
        await expectSoundHistories(database);
      } finally {
        await database.drop();
      }
    },
  };
}
