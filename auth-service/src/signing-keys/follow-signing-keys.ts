import type { Database } from '@tradepost/service-kit/database.ts';
import { patiently, type Waiting } from '@tradepost/service-kit/patiently.ts';
import { loadSigningKeys, type SigningKeys } from './load-signing-keys.ts';

export interface FollowedKeys extends SigningKeys {
  stop(): void;
}

const everyMs = 5_000;

/**
 * Loads the signing keys as soon as the database is there, and reads them again every five seconds: a rotation reaches
 * every replica without a restart. While the database is away, what was read goes on serving.
 */
export async function followSigningKeys(database: Database, waiting: Waiting): Promise<FollowedKeys> {
  const keys = await patiently(() => loadSigningKeys(database), waiting);
  const timer = setInterval(() => {
    keys.look().catch((error: unknown) => {
      waiting.logger.warn('signing keys could not be read again; trying again', { error });
    });
  }, everyMs);
  return { ...keys, stop: () => clearInterval(timer) };
}
