import { METHODS } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolState } from './database.ts';
import type { Logger } from './logger.ts';

export interface Metrics {
  /** A counter of one business event. */
  counter(name: string, help: string): () => void;
  /** A figure that is looked up whenever somebody asks for all; NaN when it cannot be had within a second. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void;
  /** All figures in the text format of Prometheus. */
  expose(): Promise<{ contentType: string; text: string }>;
}

/**
 * The figures of one process.
 * @param pool of its database, when it has one
 */
export function createMetrics(pool?: () => PoolState): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const gauge: Metrics['gauge'] = (name, help, read) => {
    const lookUp = async (): Promise<void> => {
      const late = sleep(1_000, NaN, { ref: false });
      figure.set(await Promise.race([Promise.resolve(read()).catch(() => NaN), late]));
    };
    const figure = new Gauge({ name, help, registers: [registry], collect: lookUp });
  };
  if (pool) {
    gauge('db_pool_used_connections', 'Connections at work', () => pool().used);
    gauge('db_pool_idle_connections', 'Connections that wait for work', () => pool().idle);
    gauge('db_pool_waiting_queries', 'Queries that wait for a connection', () => pool().waiting);
  }
  return {
    gauge,
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return () => counter.inc();
    },
    observeRequest: (labels, seconds) => duration.observe(labels, seconds),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Measures each request, and logs it: writes and failures at info, reads at debug, because there are many. */
export function measureRequests(metrics: Metrics, logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('finish', () => {
      const ms = performance.now() - startedAt;
      const route = (res.locals.route as string | undefined) ?? 'unknown';
      // A caller may invent methods without end; a label must not have as many values.
      const method = METHODS.includes(req.method) ? req.method : 'unknown';
      const request = { method, route, status: res.statusCode };
      metrics.observeRequest(request, ms / 1000);
      const isRead = req.method === 'GET' || req.method === 'HEAD';
      logger[isRead && res.statusCode < 500 ? 'debug' : 'info']('request', {
        ...request,
        ms: Math.round(ms),
      });
    });
    next();
  };
}
