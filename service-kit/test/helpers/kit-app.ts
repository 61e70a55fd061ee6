import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { errorHandler, noSuchPath } from '@tradepost/service-kit/error-handler.ts';
import { createHttpServer } from '@tradepost/service-kit/http-server.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { createMetrics, measureRequests, type Metrics } from '@tradepost/service-kit/metrics.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { mountRoutes, type Route } from '@tradepost/service-kit/route.ts';
import { createTestTokens, silentLogger } from '@tradepost/service-kit/testing.ts';
import express from 'express';
import supertest from 'supertest';

export const tokens = createTestTokens();
export const somebody = '01890000-0000-7000-8000-000000000001';

export interface Surroundings {
  authenticate?: Authenticate;
  logger?: Logger;
  metrics?: Metrics;
}

/** The pipeline of every service around the routes of a test. */
export async function startKitApp(routes: readonly Route[], surroundings: Surroundings = {}) {
  const {
    authenticate = tokens.authenticate,
    logger = silentLogger,
    metrics = createMetrics(),
  } = surroundings;
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.use(requestContext(), measureRequests(metrics, logger), mountRoutes(routes, authenticate));
  app.use(noSuchPath, errorHandler(logger));
  const server = createHttpServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // As in production: a test that stops the process for a while must not find its connection closed.
  server.keepAliveTimeout = 65_000;
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    request: supertest.agent(url),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export type KitApp = Awaited<ReturnType<typeof startKitApp>>;

/** A logger that remembers its lines. */
export function recordingLogger(): Logger & { lines: { level: string; message: string; fields: object }[] } {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push({ level, message, fields });
  return { lines, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
