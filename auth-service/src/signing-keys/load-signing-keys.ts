import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SigningKey } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { FindKey } from '@tradepost/service-kit/key-set.ts';
import { fromJson } from '@tradepost/service-kit/model-columns.ts';
import { makeSigningKey } from './make-signing-key.ts';

interface PublicJwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
  kid: string;
  use: string;
  alg: string;
}

export interface SigningKeys {
  current(): SigningKey;
  find: FindKey;
  published(): { keys: PublicJwk[] };
  /** Reads them again: a rotation changes what is published, and later what signs. */
  look(): Promise<void>;
}

interface KeyRow {
  kid: string;
  private_jwk: unknown;
  signs: number;
  outdated: number;
}

interface KnownKeys {
  current: SigningKey;
  published: Map<string, KeyObject>;
}

/** What an old key signed last lives for 15 minutes; the rest is for a replica that stood still meanwhile. */
const outdatedAfter = 'INTERVAL 20 MINUTE';

async function createFirstKey(database: Database): Promise<void> {
  // Every replica that finds no key offers one; the primary key lets a single one in.
  await database.change(
    'INSERT IGNORE INTO signing_keys (generation, kid, private_jwk) VALUES (1, :kid, :jwk)',
    await makeSigningKey(),
  );
}

/** All by the clock of the database, so that replicas with clocks of their own agree. */
function selectRows(database: Database): Promise<KeyRow[]> {
  return database.select<KeyRow>(
    `SELECT kid, private_jwk, signs_from <= NOW(3) AS signs,
            EXISTS (SELECT 1 FROM signing_keys AS newer WHERE newer.generation > signing_keys.generation
                       AND newer.signs_from < NOW(3) - ${outdatedAfter}) AS outdated
       FROM signing_keys ORDER BY generation DESC`,
  );
}

async function deleteOutdated(database: Database): Promise<void> {
  await database.change(
    `DELETE older FROM signing_keys AS older
       JOIN signing_keys AS newer ON newer.generation > older.generation
        AND newer.signs_from < NOW(3) - ${outdatedAfter}`,
    {},
  );
}

async function readKeys(database: Database): Promise<KnownKeys> {
  const rows = await selectRows(database);
  if (rows.some(({ outdated }) => outdated)) await deleteOutdated(database);
  const keys = rows
    .filter(({ outdated }) => !outdated)
    .map(({ kid, private_jwk, signs }) => ({
      kid,
      privateKey: createPrivateKey({ key: fromJson<JsonWebKey>(private_jwk), format: 'jwk' }),
      signs,
    }));
  // Should the clock be set back, the oldest signs: everybody knows it.
  const current = keys.find(({ signs }) => signs) ?? keys.at(-1);
  if (!current) throw new Error('authDB has no signing key although one was just stored.');
  return {
    current,
    published: new Map(keys.map(({ kid, privateKey }) => [kid, createPublicKey(privateKey)])),
  };
}

function toJwk(kid: string, publicKey: KeyObject): PublicJwk {
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' };
}

/** The keys that sign access tokens: kept in the database, so that all replicas have the same, made at the first start. */
export async function loadSigningKeys(database: Database): Promise<SigningKeys> {
  if ((await selectRows(database)).length === 0) await createFirstKey(database);
  let known = await readKeys(database);
  return {
    current: () => known.current,
    find: (kid) => Promise.resolve(known.published.get(kid)),
    published: () => ({ keys: [...known.published].map(([kid, key]) => toJwk(kid, key)) }),
    look: async () => {
      known = await readKeys(database);
    },
  };
}
