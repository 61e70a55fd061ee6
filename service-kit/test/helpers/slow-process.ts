import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { type CommonConfig, settings } from '@tradepost/service-kit/config.ts';

/** A process whose answers take the ?ms that they are asked to, or never end; its ports come as arguments, then its host. */
const [port, opsPort] = process.argv.slice(2, 4).map(Number);
const config = {
  HOST: settings.HOST.parse(process.argv[4]),
  PORT: port,
  INTERNAL_PORT: 0,
  OPS_PORT: opsPort,
  DRAIN_MS: 1_000,
} as CommonConfig;
const logger = createLogger('slow', 'info');

await runProcess({ config, logger, metrics: createMetrics() }, () =>
  Promise.resolve({
    publicApp: (req, res) => {
      const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
      if (searchParams.has('stream')) {
        res.setHeader('Content-Type', 'text/event-stream').writeHead(200).write('data: 1\n\n');
        return;
      }
      if (searchParams.has('reject')) void Promise.reject(new Error('nobody catches this'));
      void sleep(Number(searchParams.get('ms'))).then(() => res.end('done'));
    },
    closing: [
      () => {
        logger.info('closed');
      },
    ],
  }),
);
