import path from 'node:path';
import { startRelays } from '@tradepost/events/open-sinks.ts';
import { followRevocations } from '@tradepost/revocations/follow-revocations.ts';
import { authenticateServices, authenticateUsers } from '@tradepost/service-kit/authenticate.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { fetchIssuerKeys } from '@tradepost/service-kit/key-set.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { createInternalApp, createPublicApp } from './app.ts';
import { readProductConfig } from './config.ts';
import { connectSinks } from './connect-sinks.ts';
import { measureHolds } from './metrics.ts';
import { defineModels } from './models.ts';
import { startLoops } from './start-loops.ts';

const config = readProductConfig();
const logger = createLogger('product-service', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);
measureHolds(metrics, database);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const { clock } = database;
  const keys = await fetchIssuerKeys(config.JWKS_URL, logger);
  const authenticate = {
    users: authenticateUsers(keys, { issuer, audience, clock }, followRevocations(database)),
    services: authenticateServices(config.SERVICE_PUBLIC_KEYS_FILE, 'product-service', clock),
  };
  const relaying = await startRelays({ database, logger, metrics }, await connectSinks(config, clock));
  const dependencies = { database, authenticate, logger, metrics };
  const closing = [...(await startLoops(config, { database, logger })), relaying.stop, database.close];
  const [publicApp, internalApp] = [createPublicApp(dependencies), createInternalApp(dependencies)];
  return { publicApp, internalApp, ping: database.ping, closing };
});
