import type { JsonWebKey } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomPassword } from '../../provision/src/random-password.ts';
import { makeServiceKey, publicPart, type PublicKeys } from '../../provision/src/service-keys.ts';
import { readJson, writePrivately } from './data-directory.ts';

export interface Login {
  email: string;
  password: string;
}

/** Passwords by the name of what they open; each is made once and then kept. */
export interface Secrets {
  passwordFor(name: string): string;
  save(): Promise<void>;
}

const fileName = 'secrets.json';

export async function openSecrets(directory: string): Promise<Secrets> {
  const file = join(directory, fileName);
  const kept = ((await readJson(file)) ?? {}) as Record<string, string>;
  return {
    passwordFor: (name) => (kept[name] ??= randomPassword()),
    save: () => writePrivately(file, `${JSON.stringify(kept, null, 2)}\n`),
  };
}

export interface ServiceKeys {
  privateKeyFile(service: string): string;
  publicKeysFile: string;
}

async function keepKey(file: string, service: string): Promise<JsonWebKey> {
  const kept = (await readJson(file)) as JsonWebKey | null;
  if (kept !== null) return kept;
  const key = makeServiceKey(service);
  await writePrivately(file, `${JSON.stringify(key)}\n`);
  return key;
}

/** A set that holds the key as well as another one is that of a rotation: it stays. */
function publish(key: JsonWebKey, published: PublicKeys[string] | undefined): PublicKeys[string] {
  return published?.keys.some(({ kid }) => kid === key.kid) ? published : { keys: [publicPart(key)] };
}

/** One key pair for each service, with which it signs its calls to the others. */
export async function keepServiceKeys(directory: string, services: readonly string[]): Promise<ServiceKeys> {
  const keys = join(directory, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const privateKeyFile = (service: string): string => join(keys, `${service}.json`);
  const publicKeysFile = join(keys, 'public-keys.json');
  const published = ((await readJson(publicKeysFile)) ?? {}) as PublicKeys;
  for (const service of services) {
    const key = await keepKey(privateKeyFile(service), service);
    published[service] = publish(key, published[service]);
  }
  await writePrivately(publicKeysFile, `${JSON.stringify(published, null, 2)}\n`);
  return { privateKeyFile, publicKeysFile };
}
