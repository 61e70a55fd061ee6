import { expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { databaseUsers } from '../src/database-users.ts';
import { missingSecrets, passwordName, rotatedPasswords, type Secrets } from '../src/secrets.ts';

const publicKeys = (secrets: Secrets) =>
  JSON.parse(secrets['public-keys.json'] ?? '{}') as Record<string, { keys: JsonWebKey[] }>;

test('makes everything where there is nothing', () => {
  const made = missingSecrets({});
  expect(Object.keys(made).sort()).toEqual([
    'ADMIN_EMAIL',
    'ADMIN_PASSWORD',
    'audit.password',
    'auth-service.key.json',
    'auth_migrator.password',
    'auth_service.password',
    'codes.key',
    'order-service.key.json',
    'order_migrator.password',
    'order_service.password',
    'payment-provider.key',
    'payment_migrator.password',
    'payment_simulator.password',
    'product-service.key.json',
    'product_migrator.password',
    'product_service.password',
    'public-keys.json',
    'root.password',
  ]);
  const passwords = Object.entries(made).filter(([name]) => /password/i.test(name));
  expect(new Set(passwords.map(([, value]) => value)).size).toBe(passwords.length);
  for (const [, value] of passwords) expect(value).toMatch(/^[\w-]{20}$/);
});

test('publishes the public half of each key, and nothing of the private one', () => {
  const made = missingSecrets({});
  for (const service of ['auth-service', 'product-service', 'order-service']) {
    const key = JSON.parse(made[`${service}.key.json`] ?? '') as JsonWebKey;
    const expected = createPublicKey(createPrivateKey({ key, format: 'jwk' })).export({ format: 'jwk' });
    expect(publicKeys(made)[service]?.keys).toEqual([
      { ...expected, kid: key.kid, alg: 'ES256', use: 'sig' },
    ]);
  }
  expect(made['public-keys.json']).not.toContain('"d"');
});

test('adds what is missing and changes nothing', () => {
  const first = missingSecrets({});
  expect(missingSecrets(first)).toEqual({});
  const { ADMIN_PASSWORD: _gone, ...rest } = first;
  expect(Object.keys(missingSecrets(rest))).toEqual(['ADMIN_PASSWORD']);
});

test('a service that is new joins the public keys; those that are there stay', () => {
  const first = missingSecrets({});
  const { 'order-service': _new, ...known } = publicKeys(first);
  const { 'order-service.key.json': _key, ...rest } = first;
  const made = missingSecrets({ ...rest, 'public-keys.json': JSON.stringify(known) });
  expect(Object.keys(made)).toEqual(['order-service.key.json', 'public-keys.json']);
  expect(publicKeys(made)).toMatchObject(known);
  expect(Object.keys(publicKeys(made))).toContain('order-service');
});

test('a rotation changes every password of a database user, and nothing else', () => {
  const first = missingSecrets({});
  const changed = rotatedPasswords();
  expect(Object.keys(changed)).toEqual(databaseUsers.map(passwordName));
  for (const [name, value] of Object.entries(changed)) expect(value).not.toBe(first[name]);
});
