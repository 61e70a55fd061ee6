import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

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
export function createOpsServer(health: Health, metrics: Metrics): Server {
  const probes: Record<string, () => boolean> = {
    '/livez': () => true,
    '/readyz': () => health.started && health.reachable && !health.draining,
    '/startupz': () => health.started,
  };
  return createServer((req, res) => {
    const path = req.url?.split('?')[0] ?? '';
    const probe = probes[path];
    if (probe !== undefined) {
      res
        .writeHead(probe() ? 200 : 503, { 'Content-Type': 'text/plain' })
        .end(probe() ? 'ok\n' : 'not ready\n');
    } else if (path === '/metrics') {
      void metrics.expose().then(({ contentType, text }) => {
        res.writeHead(200, { 'Content-Type': contentType }).end(text);
      });
    } else {
      res.writeHead(404).end();
    }
  });
}
