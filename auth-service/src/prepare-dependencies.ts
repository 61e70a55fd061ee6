import {
  type Authenticate,
  authenticateServices,
  authenticateUsers,
} from '@tradepost/service-kit/authenticate.ts';
import { type Database, isPassing } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';
import { patiently } from '@tradepost/service-kit/patiently.ts';
import { authenticateCallers } from './callers/authenticate-callers.ts';
import { ensureAdmin } from './accounts/ensure-admin.ts';
import type { Config } from './config.ts';
import type { Dependencies } from './dependencies.ts';
import { deriveKey } from './derive-key.ts';
import { openLimits } from './limits/open-limits.ts';
import { createSeal } from './messages/seal.ts';
import { hashPasswords } from './passwords/hash-passwords.ts';
import { followSigningKeys, type FollowedKeys } from './signing-keys/follow-signing-keys.ts';

interface Prepared extends Dependencies {
  authenticate: { users: Authenticate; services: Authenticate };
  keys: FollowedKeys;
  logger: Logger;
  metrics: Metrics;
}

/** The keys that keep codes and messages unreadable in the database. */
export function deriveKeys(secret: string): Pick<Dependencies, 'codeKey' | 'seal'> {
  return {
    codeKey: deriveKey(secret, 'verification codes'),
    seal: createSeal(deriveKey(secret, 'outgoing messages')),
  };
}

/** Makes ready what the first request needs: the first admin, the signing keys, and what the use cases work with. */
export async function prepareDependencies(
  config: Config,
  { database, logger, metrics }: { database: Database; logger: Logger; metrics: Metrics },
): Promise<Prepared> {
  const passwords = hashPasswords(config.BCRYPT_COST);
  const waiting = { what: 'the database', logger, isPassing };
  await patiently(() => ensureAdmin({ database, passwords, logger }, config), waiting);
  const keys = await followSigningKeys(database, waiting);
  const { clock } = database;
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, REFRESH_REUSE_LEEWAY_SECONDS: leewaySeconds } = config;
  return {
    database,
    keys,
    logger,
    metrics,
    passwords,
    tokenIssuer: { keys, issuer, audience },
    limits: openLimits({ database, logger }, config),
    leewaySeconds,
    authenticate: {
      users: authenticateCallers(authenticateUsers(keys.find, { issuer, audience, clock })),
      services: authenticateServices(config.SERVICE_PUBLIC_KEYS_FILE, 'auth-service', clock),
    },
    ...deriveKeys(config.CODES_KEY),
  };
}
