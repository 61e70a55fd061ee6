import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';

/** Makes a key for ES256 with a name of its own, as it is stored. */
export async function makeSigningKey(): Promise<{ kid: string; jwk: string }> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return { kid: uuidv7(), jwk: JSON.stringify(privateKey.export({ format: 'jwk' })) };
}
