import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';

/** The services that sign their calls to others, each with a key of its own. */
export const signingServices = ['auth-service', 'product-service', 'order-service'] as const;

/** Under which names the keys are kept. */
export const publicKeysName = 'public-keys.json';
export const keyName = (service: string): string => `${service}.key.json`;

/** What SERVICE_PUBLIC_KEYS_FILE holds: the key set of each service (RFC 7517). */
export type PublicKeys = Record<string, { keys: JsonWebKey[] }>;

/** A new private key, EC P-256 for ES256, as the JWK that SERVICE_KEY_FILE holds. */
export function makeServiceKey(service: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = `${service}-${randomBytes(6).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
}

/** The part of a key that callees may know; named field by field, so that `d` never slips out. */
export function publicPart({ kty, crv, x, y, kid }: JsonWebKey): JsonWebKey {
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JsonWebKey;
}
