import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningKey } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { FindKey } from '@tradepost/service-kit/key-set.ts';
import { fromJson } from '@tradepost/service-kit/model-columns.ts';
import { v7 as uuidv7 } from 'uuid';

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
}

interface KeyRow {
  kid: string;
  private_jwk: unknown;
}

async function createFirstKey(database: Database): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  // Every replica that finds no key offers one; the primary key lets a single one in.
  await database.change(
    'INSERT IGNORE INTO signing_keys (generation, kid, private_jwk) VALUES (1, :kid, :jwk)',
    {
      kid: uuidv7(),
      jwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
    },
  );
}

async function readKeys(database: Database): Promise<SigningKey[]> {
  const rows = await database.select<KeyRow>(
    'SELECT kid, private_jwk FROM signing_keys ORDER BY generation DESC',
  );
  return rows.map(({ kid, private_jwk }) => ({
    kid,
    privateKey: createPrivateKey({ key: fromJson<JsonWebKey>(private_jwk), format: 'jwk' }),
  }));
}

function toJwk(kid: string, publicKey: KeyObject): PublicJwk {
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' };
}

/** The keys that sign access tokens: kept in the database, so that all replicas have the same, made at the first start. */
export async function loadSigningKeys(database: Database): Promise<SigningKeys> {
  let keys = await readKeys(database);
  if (keys.length === 0) {
    await createFirstKey(database);
    keys = await readKeys(database);
  }
  const [newest] = keys;
  if (!newest) throw new Error('authDB has no signing key although one was just stored.');
  const publicKeys = new Map(keys.map(({ kid, privateKey }) => [kid, createPublicKey(privateKey)]));
  return {
    current: () => newest,
    find: (kid) => Promise.resolve(publicKeys.get(kid)),
    published: () => ({ keys: [...publicKeys].map(([kid, key]) => toJwk(kid, key)) }),
  };
}
