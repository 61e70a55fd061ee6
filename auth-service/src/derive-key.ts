import { hkdfSync } from 'node:crypto';

const bytes = 32;

/**
 * A secret key for one purpose, from CODES_KEY (HKDF, RFC 5869): every replica has the same one, and none of it is in the
 * database. Why: docs/decisions/0028.
 * @param secret CODES_KEY
 * @param purpose keeps keys apart; whoever learns one knows nothing of another
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `auth-service ${purpose}`, bytes));
}
