import path from 'node:path';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { createInternalApp, createPublicApp } from './app.ts';
import { connectClients } from './clients/connect-clients.ts';
import { readOrderConfig } from './config.ts';
import { relayFromService } from './connect-sinks.ts';
import { armCrashPoint } from './crash-point.ts';
import { listenWith } from './listener.ts';
import { defineModels } from './models.ts';
import { openAuthentication } from './open-authentication.ts';

const config = readOrderConfig();
const logger = createLogger('order-service', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);
armCrashPoint(config.CRASH_POINT);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const inbox = { database, logger, listener: listenWith({ database }, config) };
  const relaying = await relayFromService(config, { ...inbox, metrics });
  const authenticate = await openAuthentication(config, { database, logger });
  const clients = connectClients(config, { metrics, clock: database.clock });
  const { PAYMENT_WINDOW_MINUTES: paymentWindowMinutes } = config;
  const dependencies = { ...inbox, authenticate, metrics, ...clients, paymentWindowMinutes };
  const [publicApp, internalApp] = [createPublicApp(dependencies), createInternalApp(dependencies)];
  return { publicApp, internalApp, ping: database.ping, closing: [relaying.stop, database.close] };
});
