import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { authenticateUsers } from '@tradepost/service-kit/authenticate.ts';
import { loadSigningKeys } from '../src/signing-keys/load-signing-keys.ts';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

test('publishes the public half of what signs the tokens, for caches to keep', async () => {
  const answer = await app.request.get('/api/v1/auth/.well-known/jwks.json').expect(200);
  expect(answer.get('Cache-Control')).toBe('public, max-age=60');
  const [jwk] = answer.body.keys;
  expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  const { id, bearer } = await app.register();
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const authenticate = authenticateUsers((kid) => Promise.resolve(kid === jwk.kid ? publicKey : undefined), {
    issuer: 'tradepost',
    audience: 'tradepost',
  });
  expect(await authenticate(bearer)).toMatchObject({ id, roles: ['customer'] });
});

test('are the same after a new start', async () => {
  const keys = await loadSigningKeys(app.database);
  expect(keys.published()).toEqual(app.keys.published());
});
