import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import {
  type Authenticate,
  authenticateServices,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
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
import { defineModels } from '../../src/models.ts';
import { groupAnswers, reservation } from '../../src/reservations/reservations.schemas.ts';

export const migrations = path.join(import.meta.dirname, '../../migrations');
export const nobodysId = '01890000-0000-7000-8000-000000000000';
export const teapot = {
  name: 'Teapot',
  description: 'Holds a litre',
  price: { amount: 1999, currency: 'EUR' },
};
export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

export interface Person {
  id: string;
  bearer: string;
}

export interface Product {
  id: string;
  sellerId: string;
  name: string;
  price: { amount: number; currency: string };
  version: number;
}

export interface Line {
  productId: string;
  quantity: number;
  expectedUnitPrice?: { amount: number; currency: string };
}

export interface ProductApp extends Omit<CheckedApp, 'close'> {
  /** What other services call; an answer that is no reservation fails the request. */
  internal: CheckedApp['request'];
  serviceBearer: string;
  database: TestDatabase;
  person(...roles: string[]): Person;
  create(by: Person, fields?: object): Promise<Product>;
  adjust(by: Person, productId: string, adjustment: object): supertest.Test;
  hold(orderId: string, items: Line[], fields?: object): supertest.Test;
  move(orderId: string, verb: 'commit' | 'release' | 'return', body?: object): supertest.Test;
  stop(): Promise<void>;
}

async function serveInternal(app: RequestListener): Promise<CheckedApp> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = supertest.agent(url);
  request.use((sent: supertest.Test) => {
    sent.expect(({ status, body }) => {
      const isGroup = typeof body === 'object' && body !== null && 'answers' in body;
      if (status === 200 || status === 201) (isGroup ? groupAnswers : reservation).strict().parse(body);
    });
  });
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { request, url, close };
}

function prepare(database: TestDatabase, authenticate?: (database: Database) => Authenticate) {
  defineModels(database.sequelize);
  const tokens = createTestTokens();
  const keys = writeServiceKeys(['order-service']);
  const services = authenticateServices(keys.publicKeysFile, 'product-service', database.clock);
  const dependencies = {
    database,
    authenticate: { users: authenticate?.(database) ?? tokens.authenticate, services },
    logger: silentLogger,
    metrics: createMetrics(),
  };
  const key = readSigningKey(keys.keyFile('order-service'));
  const serviceBearer = serviceAuthorization(key, 'order-service', 'product-service')();
  return { dependencies, tokens, serviceBearer };
}

/**
 * The service as it runs, both listeners, on a schema of its own and a pool of one connection.
 * @param authenticate checks the tokens of people; without it, those of person() are valid
 */
export async function startProductApp(
  authenticate?: (database: Database) => Authenticate,
): Promise<ProductApp> {
  const database = await createTestDatabase(migrations);
  await registerSinks(database, [{ name: 'test' }]);
  const { dependencies, tokens, serviceBearer } = prepare(database, authenticate);
  const outside = await serveChecked(createPublicApp(dependencies));
  const inside = await serveInternal(createInternalApp(dependencies));
  const { request, url } = outside;
  return {
    request,
    url,
    internal: inside.request,
    serviceBearer,
    database,
    person(...roles) {
      const id = uuidv7();
      return { id, bearer: tokens.bearer(id, 'customer', ...roles) };
    },
    async create(by, fields = {}) {
      const sent = { ...teapot, ...fields };
      const answer = await request
        .post('/api/v1/products')
        .set('Authorization', by.bearer)
        .send(sent)
        .expect(201);
      return answer.body as Product;
    },
    adjust: (by, productId, adjustment) =>
      request
        .post(`/api/v1/products/${productId}/inventory/adjustments`)
        .set({ Authorization: by.bearer, 'Idempotency-Key': uuidv7() })
        .send(adjustment),
    hold: (orderId, items, fields = {}) =>
      inside.request
        .put(`/internal/v1/reservations/${orderId}`)
        .set('Authorization', serviceBearer)
        .send({ buyerId: nobodysId, items, reviewAt: inMinutes(65), ...fields }),
    move: (orderId, verb, body) =>
      inside.request
        .post(`/internal/v1/reservations/${orderId}/${verb}`)
        .set('Authorization', serviceBearer)
        .send(body),
    async stop() {
      await outside.close();
      await inside.close();
      await database.drop();
    },
  };
}
