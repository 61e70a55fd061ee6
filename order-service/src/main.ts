import path from 'node:path';
import {
  authenticateUsers,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { issuerKeys } from '@tradepost/service-kit/key-set.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { purgeKeysHourly } from '@tradepost/service-kit/purge-keys.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { createApp } from './app.ts';
import { createProductClient } from './clients/product-client.ts';
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
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, PAYMENT_WINDOW_MINUTES: paymentWindowMinutes } = config;
  const authenticate = authenticateUsers(issuerKeys(config.JWKS_URL), { issuer, audience });
  const key = readSigningKey(config.SERVICE_KEY_FILE);
  const authorization = serviceAuthorization(key, 'order-service', 'product-service');
  const products = createProductClient(createHttpClient(config.PRODUCT_SERVICE_URL, authorization));
  const resuming = resumeOrders({ database, products, logger });
  const purging = purgeKeysHourly(database, logger);
  const publicApp = createApp({ database, products, paymentWindowMinutes, authenticate, logger, metrics });
  return { publicApp, ping: database.ping, closing: [purging.stop, resuming.stop, database.close] };
});
