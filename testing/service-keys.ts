import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A key pair for each service, in the two files that a process reads. */
export function writeServiceKeys(services: readonly string[]): {
  keyFile(service: string): string;
  publicKeysFile: string;
} {
  const directory = mkdtempSync(path.join(tmpdir(), 'service-keys-'));
  const keyFile = (service: string): string => path.join(directory, `${service}.json`);
  const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
  const sets = services.map((service) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(keyFile(service), JSON.stringify(jwk(privateKey, service)), { mode: 0o600 });
    return [service, { keys: [jwk(publicKey, service)] }];
  });
  const publicKeysFile = path.join(directory, 'public.json');
  writeFileSync(publicKeysFile, JSON.stringify(Object.fromEntries(sets)));
  return { keyFile, publicKeysFile };
}
