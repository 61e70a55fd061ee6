import path from 'node:path';
import { migrationSettings, readConfig } from '@tradepost/service-kit/config.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';

/** Applies what is pending and ends: for an init container or a Job, so that the simulator itself may not change tables. */
const config = readConfig(migrationSettings);
const logger = createLogger('payment-simulator', config.LOG_LEVEL);

await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
logger.info('migrated');
