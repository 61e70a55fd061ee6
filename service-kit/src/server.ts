import type { RequestListener, Server } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { flushCompileCache } from 'node:module';
import type { CommonConfig } from './config.ts';
import { createOpsServer, type Health } from './health.ts';
import { createHttpServer } from './http-server.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Longer than Nginx keeps idle connections (60 s), or its next request meets a closed one and answers 502. */
const keepAliveTimeoutMs = 65_000;
const hardLimitMs = 10_000;
const pingEveryMs = 1_000;
const withoutIpv6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

export interface Process {
  config: Pick<CommonConfig, 'HOST' | 'PORT' | 'INTERNAL_PORT' | 'OPS_PORT' | 'DRAIN_MS'>;
  logger: Logger;
  metrics: Metrics;
}

/** What a process runs. A worker has no app: only the operations listener. */
export interface Running {
  publicApp?: RequestListener;
  internalApp?: RequestListener;
  /** Fails while what no request can do without is away: the process is unready then, and goes on. */
  ping?: () => Promise<unknown>;
  /** Ends loops and closes pools, one after the other, after the last answer. */
  closing: readonly (() => unknown)[];
}

function createApiServer(app: RequestListener, health: Health): Server {
  const server = createHttpServer((req, res) => {
    const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => typeof res;
    // Asked when the answer leaves, which may be long after its request came: once we drain, no client may send
    // another on this connection, because server.close() alone would serve it.
    res.writeHead = (...args: unknown[]) => {
      if (health.draining) res.setHeader('Connection', 'close');
      // A stream of events has no end of its own; its reader comes back, and meets another replica.
      if (String(res.getHeader('Content-Type')).startsWith('text/event-stream')) {
        health.streams.add(res);
        res.once('close', () => health.streams.delete(res));
      }
      return writeHead(...args);
    };
    app(req, res);
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.headersTimeout = keepAliveTimeoutMs + 1_000;
  return server;
}

type Listen = (server: Server, port: number) => Promise<void>;

/**
 * Listens on one host. `::` takes IPv4 as well (RFC 3493 section 3.7; Node turns IPV6_V6ONLY off), and becomes 0.0.0.0 on a
 * machine without IPv6.
 */
function listenOn(host: string, logger: Logger): Listen {
  let current = host;
  const listen: Listen = async (server, port) => {
    server.listen(port, current);
    await once(server, 'listening');
  };
  return (server, port) =>
    listen(server, port).catch((error: unknown) => {
      if (current !== '::' || !withoutIpv6.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      current = '0.0.0.0';
      logger.warn('IPv6 is off on this machine; listening on IPv4 only', { error });
      return listen(server, port);
    });
}

/** Takes no new connection, lets each request end, and after the hard limit ends what is left. */
async function drain(servers: Server[], { streams }: Health): Promise<void> {
  streams.forEach((stream) => stream.end());
  const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers.forEach((server) => server.closeIdleConnections());
  await Promise.race([closed, sleep(hardLimitMs, undefined, { ref: false })]);
  servers.forEach((server) => server.closeAllConnections());
}

/** One ping after the other, so that a slow database gets no second one, until the process ends. */
async function watch(ping: () => Promise<unknown>, health: Health, logger: Logger): Promise<void> {
  while (!health.draining) {
    const reason = await ping().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    const reachable = reason === undefined;
    if (reachable !== health.reachable)
      logger.warn(reachable ? 'ready again' : 'unready: the database is away', { reason });
    health.reachable = reachable;
    await sleep(pingEveryMs, undefined, { ref: false });
  }
}

/**
 * Runs a process until SIGTERM or SIGINT. Draining is: readiness 503 and `Connection: close` on every answer,
 * a pause of DRAIN_MS in which whoever routes to us learns of it, then close, then a hard limit of 10 s.
 * @param prepare makes ready what the first request needs (migrations, keys) and gives what to listen with
 */
export async function runProcess(setup: Process, prepare: () => Promise<Running>): Promise<void> {
  const { config, logger } = setup;
  const health: Health = { started: false, reachable: true, draining: false, streams: new Set() };
  const servers: Server[] = [];
  let closing: Running['closing'] = [];

  const stop = async (exitCode: number): Promise<void> => {
    if (health.draining) return;
    health.draining = true;
    await sleep(config.DRAIN_MS);
    await drain(servers, health);
    for (const close of closing) await close();
    logger.info('stopped');
    process.exit(exitCode);
  };
  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  process.on('unhandledRejection', (error) => {
    logger.error('unhandled rejection; stopping, because the state of this process is not known', { error });
    void stop(1);
  });

  const listen = listenOn(config.HOST, logger);
  const serve = async (app: RequestListener | undefined, port: number): Promise<void> => {
    if (!app) return;
    const server = createApiServer(app, health);
    servers.push(server);
    await listen(server, port);
  };
  await listen(createOpsServer(health, setup), config.OPS_PORT);
  const running = await prepare();
  closing = running.closing;
  await serve(running.publicApp, config.PORT);
  await serve(running.internalApp, config.INTERNAL_PORT);
  health.started = true;
  if (running.ping) void watch(running.ping, health, logger);
  flushCompileCache();
  logger.info('ready', { port: config.PORT, internalPort: config.INTERNAL_PORT, opsPort: config.OPS_PORT });
}
