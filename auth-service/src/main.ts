import path from 'node:path';
import { startRelays } from '@tradepost/events/open-sinks.ts';
import { authenticateServices, authenticateUsers } from '@tradepost/service-kit/authenticate.ts';
import { isPassing, openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { patiently } from '@tradepost/service-kit/patiently.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { ensureAdmin } from './accounts/ensure-admin.ts';
import { hashPasswords } from './passwords/hash-passwords.ts';
import { createInternalApp, createPublicApp } from './app.ts';
import { readAuthConfig } from './config.ts';
import { connectSinks } from './connect-sinks.ts';
import { defineModels } from './models.ts';
import { loadSigningKeys } from './sessions/load-signing-keys.ts';

const config = readAuthConfig();
const logger = createLogger('auth-service', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const relaying = await startRelays({ database, logger, metrics }, await connectSinks(config));
  const passwords = hashPasswords(config.BCRYPT_COST);
  const waiting = { what: 'the database', logger, isPassing };
  await patiently(() => ensureAdmin({ database, passwords, logger }, config), waiting);
  const keys = await patiently(() => loadSigningKeys(database), waiting);
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, REFRESH_REUSE_LEEWAY_SECONDS: leewaySeconds } = config;
  const authenticate = {
    users: authenticateUsers(keys.find, { issuer, audience }),
    services: authenticateServices(config.SERVICE_PUBLIC_KEYS_FILE, 'auth-service'),
  };
  const tokenIssuer = { keys, issuer, audience };
  const dependencies = { database, passwords, tokenIssuer, leewaySeconds, authenticate, logger, metrics };
  const [publicApp, internalApp] = [createPublicApp(dependencies), createInternalApp(dependencies)];
  return { publicApp, internalApp, ping: database.ping, closing: [relaying.stop, database.close] };
});
