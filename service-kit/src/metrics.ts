import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Logger } from './logger.ts';

export interface Metrics {
  /** A counter of one business event. */
  counter(name: string, help: string): () => void;
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void;
  /** All figures in the text format of Prometheus. */
  expose(): Promise<{ contentType: string; text: string }>;
}

/** The figures of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
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
      const request = { method: req.method, route, status: res.statusCode };
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
