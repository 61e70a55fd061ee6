import type { Database } from '@tradepost/service-kit/database.ts';
import { makeSigningKey } from './make-signing-key.ts';

export interface Rotation {
  kid: string;
  /** Whether this call has made the key; else another one is on its way already. */
  isNew: boolean;
  /** Until it signs. */
  seconds: number;
}

interface NewestRow {
  kid: string;
  seconds: number;
}

/**
 * Stores the next signing key. Replicas publish it at their next look and sign with it once the lead is over, when
 * every service has had the time to fetch it; the key before it goes 20 minutes after that.
 * @throws when auth-service has not made its first key yet
 */
export async function rotateSigningKey(database: Database, leadSeconds: number): Promise<Rotation> {
  const { kid, jwk } = await makeSigningKey();
  // Of two at once the primary key lets one in; none begins while the newest key does not sign yet.
  await database.change(
    `INSERT IGNORE INTO signing_keys (generation, kid, private_jwk, signs_from)
     SELECT MAX(generation) + 1, :kid, :jwk, NOW(3) + INTERVAL :leadSeconds SECOND
       FROM signing_keys HAVING MAX(signs_from) <= NOW(3)`,
    { kid, jwk, leadSeconds },
  );
  const [newest] = await database.select<NewestRow>(
    `SELECT kid, GREATEST(0, TIMESTAMPDIFF(SECOND, NOW(3), signs_from)) AS seconds
       FROM signing_keys ORDER BY generation DESC LIMIT 1`,
  );
  if (!newest) throw new Error('There is no signing key to follow: start auth-service first, it makes one.');
  return { kid: newest.kid, isNew: newest.kid === kid, seconds: Number(newest.seconds) };
}
