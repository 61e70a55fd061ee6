import type { JsonWebKey } from 'node:crypto';
import { databaseUsers } from './database-users.ts';
import { randomPassword } from './random-password.ts';
import {
  keyName,
  makeServiceKey,
  publicKeysName,
  publicPart,
  signingServices,
  type PublicKeys,
} from './service-keys.ts';

/** Values by name; a name is a file in a directory, or a key of the Kubernetes Secret. */
export type Secrets = Readonly<Record<string, string>>;

/** The name under which the password of a database user is kept. */
export const passwordName = (user: string): string => `${user}.password`;

/** Names every service that has none yet; a set that is there may hold more keys than the current one. */
function missingPublicKeys(kept: Secrets, keys: Secrets): Secrets {
  const published = JSON.parse(kept[publicKeysName] ?? '{}') as PublicKeys;
  const unknown = signingServices.filter((service) => published[service] === undefined);
  if (unknown.length === 0) return {};
  for (const service of unknown) {
    const key = JSON.parse(keys[keyName(service)] ?? '') as JsonWebKey;
    published[service] = { keys: [publicPart(key)] };
  }
  return { [publicKeysName]: JSON.stringify(published) };
}

/** All but the public keys, which follow from the private ones. */
const makers: Record<string, () => string> = {
  ADMIN_EMAIL: () => 'admin@tradepost.example',
  ADMIN_PASSWORD: randomPassword,
  // Keeps codes and waiting messages of auth-service unreadable in its database.
  'codes.key': randomPassword,
  // With it order-service shows the payment provider who calls; a real provider gives its own.
  'payment-provider.key': randomPassword,
  ...Object.fromEntries(['root', ...databaseUsers].map((user) => [passwordName(user), randomPassword])),
  ...Object.fromEntries(
    signingServices.map((service) => [keyName(service), () => JSON.stringify(makeServiceKey(service))]),
  ),
};

/** What is not there yet of all that Tradepost needs: passwords, service keys, the first admin's log-in. */
export function missingSecrets(kept: Secrets): Secrets {
  const missing = Object.entries(makers).filter(([name]) => kept[name] === undefined);
  const made = Object.fromEntries(missing.map(([name, make]) => [name, make()]));
  return { ...made, ...missingPublicKeys(kept, { ...kept, ...made }) };
}

/** A new password for every database user but root, who is asked by nobody but the one that sets the others. */
export function rotatedPasswords(): Secrets {
  return Object.fromEntries(databaseUsers.map((user) => [passwordName(user), randomPassword()]));
}
