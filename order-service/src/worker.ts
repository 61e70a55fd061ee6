import path from 'node:path';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { purgeKeysHourly } from '@tradepost/service-kit/purge-keys.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { connectClients } from './clients/connect-clients.ts';
import { readOrderConfig } from './config.ts';
import { armCrashPoint } from './crash-point.ts';
import { measureSteps, measureUpstreams } from './metrics.ts';
import { defineModels } from './models.ts';
import { resumeOrders } from './saga/resume-orders.ts';

/** order-worker: the same image as order-service, without its API. It goes on with orders that nobody is at. */
const config = readOrderConfig();
const logger = createLogger('order-worker', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);
measureSteps(metrics, database);
armCrashPoint(config.CRASH_POINT);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const { isBroken, ...clients } = connectClients(config);
  measureUpstreams(metrics, isBroken);
  const resuming = resumeOrders({ database, logger, ...clients });
  const purging = purgeKeysHourly(database, logger);
  return { ping: database.ping, closing: [purging.stop, resuming.stop, database.close] };
});
