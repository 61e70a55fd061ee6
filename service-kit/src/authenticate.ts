import { createHash, createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { type Clock, processClock } from './clock.ts';
import type { Authorization } from './http-client.ts';
import { type FindKey, reread, serviceKeys } from './key-set.ts';
import { unauthenticated } from './problem.ts';

/** Who sends a request. */
export interface Caller {
  id: string;
  roles: readonly string[];
  /** The session that the token belongs to; empty for a service. */
  sessionId: string;
}

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

type ReadableKey = SigningKey | (() => SigningKey);

/** Reads the Authorization header; throws 401 when it does not carry a valid token. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/**
 * Whether a token no longer counts, because a right was taken from its account after it was issued.
 * @param issuedAt the token's `iat`, in seconds
 */
export type IsRevoked = (accountId: string, issuedAt: number) => boolean | Promise<boolean>;

interface Claims {
  iss: string;
  sub: string;
  exp: number;
  roles?: string[];
  sid?: string;
  iat?: number;
}

interface Expected {
  issuer: string;
  audience: string;
  /** The process's clock when left out. */
  clock?: Clock;
}

const refusal = (): Error =>
  unauthenticated('Send a valid, unexpired access token as "Authorization: Bearer ...".');
/** How long an access token lives. */
export const accessTokenSeconds = 15 * 60;
const serviceTokenSeconds = 60;
/** How far the clocks of two databases may differ: "usually no more than a few minutes" (RFC 7519 section 4.1.4). */
const serviceLeewaySeconds = 60;
const cachedTokens = 10_000;

/** Signs claims with ES256 (RFC 7518 section 3.4). */
export function signToken(key: SigningKey, type: string, claims: object): string {
  const header = { alg: 'ES256', typ: type, kid: key.kid };
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', header });
}

/** jsonwebtoken accepts any `typ` and a missing `exp`: both are demanded here (RFC 9068 section 4, RFC 8725 section 3.11). */
function verifyToken(
  token: string,
  key: KeyObject,
  { type, clock = processClock, ...expected }: Expected & { type: string; clockTolerance: number },
): Claims {
  const clockTimestamp = Math.floor(clock.now() / 1000);
  const options = { ...expected, clockTimestamp, complete: true } as const;
  const { header, payload } = jwt.verify(token, key, { ...options, algorithms: ['ES256'] });
  const claims = payload as unknown as Partial<Claims>;
  const complete = typeof claims.exp === 'number' && typeof claims.sub === 'string';
  if (header.typ !== type || !complete) throw refusal();
  return claims as Claims;
}

function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw refusal();
  return token;
}

function decodeUnverified(token: string): { kid: string; issuer: string } {
  const decoded = jwt.decode(token, { complete: true });
  const { iss } = (decoded?.payload ?? {}) as Partial<Claims>;
  return { kid: String(decoded?.header.kid), issuer: String(iss) };
}

/** Whatever the library finds wrong is one and the same refusal; a key that cannot be fetched is not. */
function orRefuse<T>(verify: () => T): T {
  try {
    return verify();
  } catch {
    throw refusal();
  }
}

const toCaller = ({ sub: id, roles = [], sid: sessionId = '' }: Claims): Caller => ({ id, roles, sessionId });

/**
 * Checks the access tokens of people (RFC 9068). A verified token is remembered until it expires or its key is withdrawn.
 * @param findKey the issuer's public keys
 * @param expected issuer and audience that a token must name, and the clock that judges its expiry without leeway
 * @param isRevoked asked about each valid token; without it none is revoked
 */
export function authenticateUsers(
  findKey: FindKey,
  expected: Expected,
  isRevoked: IsRevoked = () => false,
): Authenticate {
  const { clock = processClock } = expected;
  const check = { ...expected, type: 'at+jwt', clockTolerance: 0 };
  const verified = new LRUCache<string, { kid: string; claims: Claims }>({ max: cachedTokens });
  return async (authorization) => {
    const token = bearerToken(authorization);
    const digest = createHash('sha256').update(token).digest('base64');
    const known = verified.get(digest);
    const { kid } = known ?? orRefuse(() => decodeUnverified(token));
    const key = await findKey(kid);
    if (key === undefined) throw refusal();
    const claims = known?.claims ?? orRefuse(() => verifyToken(token, key, check));
    if (known === undefined) verified.set(digest, { kid, claims });
    if (claims.exp * 1000 <= clock.now()) throw refusal();
    if (await isRevoked(claims.sub, claims.iat ?? 0)) throw refusal();
    return toCaller(claims);
  };
}

/**
 * Checks the tokens with which other services call this one.
 * @param publicKeysFile SERVICE_PUBLIC_KEYS_FILE, read again and again
 * @param audience this service's name
 * @param clock the database's, which every replica shares; times of a token may miss it by 60 s
 */
export function authenticateServices(
  publicKeysFile: string,
  audience: string,
  clock: Clock = processClock,
): Authenticate {
  const keysOf = serviceKeys(publicKeysFile);
  return (authorization) =>
    Promise.resolve().then(() => {
      const token = bearerToken(authorization);
      const { kid, issuer } = orRefuse(() => decodeUnverified(token));
      const key = keysOf().get(issuer)?.get(kid);
      if (key === undefined) throw refusal();
      const expected = { issuer, audience, clock, clockTolerance: serviceLeewaySeconds };
      orRefuse(() => verifyToken(token, key, { ...expected, type: 'service+jwt' }));
      return { id: issuer, roles: ['service'], sessionId: '' };
    });
}

/** Reads a private key from a JWK file: SERVICE_KEY_FILE. */
export function readSigningKey(file: string): SigningKey {
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey & { kid: string };
  return { kid: jwk.kid, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

/**
 * Makes the Authorization header of calls from one service to another. A token lives 60 s and is used for half of that, by
 * the time that is given: a clock that is set makes the next call sign anew.
 * @param key a key, or what reads it: a new key is then taken up without a restart
 */
export function serviceAuthorization(key: ReadableKey, issuer: string, audience: string): Authorization {
  const currentKey = typeof key === 'function' ? reread(key) : () => key;
  let header = '';
  let issuedAt = -Infinity;
  return (now = Date.now()) => {
    const ageMs = now - issuedAt;
    if (ageMs >= 0 && ageMs < (serviceTokenSeconds / 2) * 1000) return header;
    const iat = Math.floor(now / 1000);
    const claims = { iss: issuer, aud: audience, sub: issuer, iat, exp: iat + serviceTokenSeconds };
    header = `Bearer ${signToken(currentKey(), 'service+jwt', claims)}`;
    issuedAt = now;
    return header;
  };
}
