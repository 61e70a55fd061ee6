import type { Server, ServerResponse } from 'node:http';
import express from 'express';
import { errorHandler, noSuchPath, sendProblem } from './error-handler.ts';
import { createHttpServer } from './http-server.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { unavailable } from './problem.ts';
import { requestContext } from './request-context.ts';
import { answerOtherMethods } from './route.ts';

/** What the probes of a process ask. Liveness never touches the database: a slow one must not restart everything. */
export interface Health {
  started: boolean;
  /** Whether what no request can do without (the database) answers. */
  reachable: boolean;
  /** True from the moment the process begins to end. */
  draining: boolean;
  /** Answers that end only with their reader, or with the process. */
  streams: Set<ServerResponse>;
}

/** The operations listener: /livez, /readyz, /startupz and /metrics; never routed to by Nginx. */
export function createOpsServer(
  health: Health,
  { metrics, logger }: { metrics: Metrics; logger: Logger },
): Server {
  const probes: Record<string, () => boolean> = {
    '/livez': () => true,
    '/readyz': () => health.started && health.reachable && !health.draining,
    '/startupz': () => health.started,
  };
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.use(requestContext());
  for (const [path, isFine] of Object.entries(probes)) {
    const resource = app.route(path).get((_req, res) => {
      // Not thrown: a process that starts or drains is unready by intention, and logs no failure.
      if (isFine()) res.type('text/plain').send('ok\n');
      else sendProblem(res, unavailable('The process is not ready.'), path);
    });
    answerOtherMethods(resource, ['GET']);
  }
  const figures = app.route('/metrics').get(async (_req, res) => {
    const { contentType, text } = await metrics.expose();
    res.set('Content-Type', contentType).send(text);
  });
  answerOtherMethods(figures, ['GET']);
  app.use(noSuchPath, errorHandler(logger));
  return createHttpServer(app);
}
