import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createHttpClient } from './http-client.ts';
import type { Logger } from './logger.ts';
import { patiently } from './patiently.ts';
import { unavailable } from './problem.ts';

/** Finds the public key that signed a token; undefined when nobody we trust has such a key. */
export type FindKey = (kid: string) => Promise<KeyObject | undefined>;

/** A JSON Web Key Set (RFC 7517 section 5). */
export interface KeySet {
  keys: (JsonWebKey & { kid?: string })[];
}

const maxAgeMs = 300_000;
/** A token with an invented kid must not make us ask for the keys at every request. */
const pauseMs = 2_000;
const aheadMs = 10_000;
const rereadMs = 5_000;

/** The keys of a set by their kid, parsed once: parsing costs more than verifying. */
export function importKeys(set: KeySet): Map<string, KeyObject> {
  return new Map(set.keys.map((jwk) => [jwk.kid ?? '', createPublicKey({ key: jwk, format: 'jwk' })]));
}

/**
 * The published keys of the issuer, fetched when first needed, again after five minutes and for an unknown kid.
 * What was fetched once goes on serving while the issuer is away.
 * @param jwksUrls JWKS_URL: the same document at each replica of the issuer
 * @throws 503 when no key was ever fetched
 */
export function issuerKeys(jwksUrls: readonly string[]): FindKey {
  const client = createHttpClient(jwksUrls);
  let keys: Map<string, KeyObject> | undefined;
  let askedAt = -Infinity;
  let underWay: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    askedAt = performance.now();
    try {
      const { body } = await client.call({ method: 'GET', path: '', deadlineMs: 3_000 });
      keys = importKeys(body as KeySet);
    } catch (error) {
      if (keys === undefined) throw unavailable('Access tokens cannot be checked now; try again.', error);
    }
  }

  return async (kid) => {
    const ageMs = performance.now() - askedAt;
    const stale = keys === undefined || ageMs > maxAgeMs || (!keys.has(kid) && ageMs > pauseMs);
    if (stale) {
      underWay ??= refresh().finally(() => (underWay = undefined));
      // Who has a key at hand does not wait for a set that has just grown old.
      if (!keys?.has(kid) || ageMs > 2 * maxAgeMs) await underWay;
    }
    return keys?.get(kid);
  };
}

/**
 * The keys of the issuer, fetched before the first request needs them: a new replica that must fetch them under load
 * refuses everybody meanwhile. Gives up after ten seconds, since much can be answered without.
 */
export async function fetchIssuerKeys(jwksUrls: readonly string[], logger: Logger): Promise<FindKey> {
  const find = issuerKeys(jwksUrls);
  const giveUpAt = performance.now() + aheadMs;
  const isPassing = (): boolean => performance.now() < giveUpAt;
  await patiently(() => find(''), { what: 'the keys of access tokens', logger, isPassing }).catch(
    (error: unknown) => logger.warn('starting without the keys of access tokens', { error }),
  );
  return find;
}

/** Reads at once, where it may throw, and again when that is five seconds ago; what cannot be read then stays. */
export function reread<T>(read: () => T): () => T {
  let [last, readAt] = [read(), performance.now()];
  return () => {
    if (performance.now() - readAt < rereadMs) return last;
    readAt = performance.now();
    try {
      return (last = read());
    } catch {
      return last;
    }
  };
}

/**
 * The public keys of the other services by name, from SERVICE_PUBLIC_KEYS_FILE: `{"<service>": <JWKS>}`. The file is
 * read again and again, so that a key is replaced without a restart.
 */
export function serviceKeys(file: string): () => Map<string, Map<string, KeyObject>> {
  return reread(() => {
    const sets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, KeySet>;
    return new Map(Object.entries(sets).map(([service, set]) => [service, importKeys(set)]));
  });
}
