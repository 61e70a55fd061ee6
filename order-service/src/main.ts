import path from 'node:path';
import { authenticateUsers } from '@tradepost/service-kit/authenticate.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { fetchIssuerKeys } from '@tradepost/service-kit/key-set.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { purgeKeysHourly } from '@tradepost/service-kit/purge-keys.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { createApp } from './app.ts';
import { connectToProducts } from './clients/connect-to-products.ts';
import { readOrderConfig } from './config.ts';
import { measureSteps } from './metrics.ts';
import { defineModels } from './models.ts';
import { resumeOrders } from './saga/resume-orders.ts';

const config = readOrderConfig();
const logger = createLogger('order-service', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);
measureSteps(metrics, database);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const keys = await fetchIssuerKeys(config.JWKS_URL, logger);
  const authenticate = authenticateUsers(keys, { issuer, audience });
  const products = connectToProducts(config);
  const resuming = resumeOrders({ database, products, logger });
  const purging = purgeKeysHourly(database, logger);
  const { PAYMENT_WINDOW_MINUTES: paymentWindowMinutes } = config;
  const publicApp = createApp({ database, products, paymentWindowMinutes, authenticate, logger, metrics });
  return { publicApp, ping: database.ping, closing: [purging.stop, resuming.stop, database.close] };
});
