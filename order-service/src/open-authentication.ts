import { followRevocations } from '@tradepost/revocations/follow-revocations.ts';
import {
  type Authenticate,
  authenticateServices,
  authenticateUsers,
} from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { fetchIssuerKeys } from '@tradepost/service-kit/key-set.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Config } from './config.ts';

/** Opens what checks the tokens of users and of other services. Waits until auth-service has given its public keys. */
export async function openAuthentication(
  config: Config,
  { database, logger }: { database: Database; logger: Logger },
): Promise<Record<'users' | 'services', Authenticate>> {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const { clock } = database;
  const keys = await fetchIssuerKeys(config.JWKS_URL, logger);
  return {
    users: authenticateUsers(keys, { issuer, audience, clock }, followRevocations(database)),
    services: authenticateServices(config.SERVICE_PUBLIC_KEYS_FILE, 'order-service', clock),
  };
}
