import path from 'node:path';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { createApp } from './app.ts';
import { authenticateByKey } from './authenticate-by-key.ts';
import { readSimulatorConfig } from './config.ts';
import { createFaults } from './faults/create-faults.ts';
import { defineModels } from './models.ts';
import { sleep } from './sleep.ts';

const config = readSimulatorConfig();
const logger = createLogger('payment-simulator', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const { FAULT_SEED: faultSeed, PAYMENT_PROVIDER_KEY: providerKey } = config;
  const faults = createFaults(faultSeed);
  const authenticate = authenticateByKey(providerKey);
  const faultsSwitchable = config.NODE_ENV !== 'production';
  const dependencies = {
    database,
    sleep,
    faultSeed,
    faults,
    faultsSwitchable,
    authenticate,
    logger,
    metrics,
  };
  return { publicApp: createApp(dependencies), ping: database.ping, closing: [database.close] };
});
