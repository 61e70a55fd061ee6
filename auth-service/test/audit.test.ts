import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditAccounts } from '../src/audit/audit-accounts.ts';
import { findings } from '../src/audit/audit.schemas.ts';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let person: Person;
/** The session of the person's first token, which was refreshed once. */
let session: string;

beforeAll(async () => {
  app = await startAuthApp();
  person = await app.register();
  await app.logIn(person);
  await app.logIn(person);
  const { refreshToken } = person;
  await app.request.post('/api/v1/auth/refresh').send({ refreshToken }).expect(200);
  const [used] = await app.database.select<{ id: string }>(
    'SELECT session_id AS id FROM refresh_tokens WHERE used_at IS NOT NULL',
  );
  session = used!.id;
});
afterAll(() => app.stop());

const values = () => ({ session, person: person.id });

async function audit() {
  const found = await auditAccounts({ database: app.database });
  return found
    .filter(({ breaches }) => breaches > 0)
    .map(({ says, invariant, breaches, ids }) => ({ says, invariant, breaches, ids }));
}

test('finds nothing in sound accounts, and has looked at all of them', async () => {
  const found = await auditAccounts({ database: app.database });
  expect(found.map(({ invariant, checked, breaches, ids }) => [invariant, checked, breaches, ids])).toEqual([
    [12, 3, 0, []],
    [12, 4, 0, []],
    [12, 2, 0, []],
    [9, 2, 0, []],
  ]);
});

type Planted = [what: string, says: string, id: keyof ReturnType<typeof values>, plant: string, mend: string];
const oneWorks = 'a session has at most one refresh token that still works';
const tokensHashed = 'of a refresh token only its SHA-256 is kept';
const passwordsHashed = 'of a password only its bcrypt hash is kept';
const addToken = (token: string, usedAt = 'NOW()'): string => `
  INSERT INTO refresh_tokens (token_hash, session_id, expires_at, used_at)
  VALUES (${token}, :session, NOW() + INTERVAL 1 DAY, ${usedAt})`;

test.each<Planted>([
  [
    'two tokens of a session that work',
    oneWorks,
    'session',
    addToken(`REPEAT('ab', 32)`, 'NULL'),
    `DELETE FROM refresh_tokens WHERE token_hash = REPEAT('ab', 32)`,
  ],
  [
    'a token as it was sent',
    tokensHashed,
    'session',
    addToken(`'xTm3Yh0sFZ-4cUo1p9qW2e_5r6t7y8u9i0o1p2a3s4d'`),
    `DELETE FROM refresh_tokens WHERE CHAR_LENGTH(token_hash) < 64`,
  ],
  [
    'a hash in another form',
    tokensHashed,
    'session',
    addToken(`REPEAT('AB', 32)`),
    `DELETE FROM refresh_tokens WHERE token_hash = REPEAT('AB', 32)`,
  ],
  [
    'a password as it was chosen',
    passwordsHashed,
    'person',
    `UPDATE users SET password_hash = CONCAT('pw', SUBSTRING(password_hash, 3)) WHERE id = :person`,
    `UPDATE users SET password_hash = CONCAT('$2', SUBSTRING(password_hash, 3)) WHERE id = :person`,
  ],
])('finds %s', async (_what, says, id, plant, mend) => {
  expect(await app.database.change(plant, values())).toBe(1);
  expect(await audit()).toEqual([{ says, invariant: 12, breaches: 1, ids: [values()[id]] }]);
  expect(await app.database.change(mend, values())).toBe(1);
  expect(await audit()).toEqual([]);
});

test('tells order-service what it has found, and nobody else', async () => {
  const get = (bearer: string) => app.internal.get('/internal/v1/audit').set('Authorization', bearer);
  await get(person.bearer).expect(401);
  await app.internal.get('/api/v1/users/me').set('Authorization', person.bearer).expect(404);
  await app.database.change('UPDATE refresh_tokens SET used_at = NULL WHERE session_id = :session', values());
  const { body } = await get(app.serviceBearer).expect(200);
  expect(findings.strict().parse(body).findings[0]).toEqual({
    invariant: 12,
    says: oneWorks,
    checked: 3,
    breaches: 1,
    ids: [session],
  });
});
