import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let admin: Person;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
  admin = await app.admin();
});
afterAll(() => app.stop());

const setRoles = (userId: string, roles: string[]) =>
  app.request.put(`/api/v1/users/${userId}/roles`).set('Authorization', admin.bearer).send({ roles });
const setState = (verb: 'disable' | 'enable', userId: string) =>
  app.request.post(`/api/v1/users/${userId}/${verb}`).set('Authorization', admin.bearer);

interface Claims {
  roles: string[];
  iat: number;
  exp: number;
}

const claimsOf = ({ accessToken }: Pick<Person, 'accessToken'>): Claims =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());

/** What the other services learn: tokens of the account count only with a later `iat`. */
async function toldOf(userId: string): Promise<(number | undefined)[]> {
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :userId ORDER BY position`,
    { userId },
  );
  return rows.map(({ event }) => JSON.parse(event).data.tokensValidAfter);
}

it('is told when a role is taken away or the account disabled, and at no other change', async () => {
  const person = await app.register();
  await setRoles(person.id, ['seller', 'admin']).expect(200);
  await setRoles(person.id, ['seller']).expect(200);
  await setState('disable', person.id).expect(200);
  await setState('enable', person.id).expect(200);
  expect(await toldOf(person.id)).toEqual([
    undefined,
    undefined,
    expect.any(Number),
    expect.any(Number),
    undefined,
  ]);
});

it('lies between the tokens from before and those from after, however many changes a second has', async () => {
  const person = await app.register();
  const issued: number[] = [];
  for (let change = 0; change < 10; change += 1) {
    await setRoles(person.id, ['seller']).expect(200);
    issued.push(claimsOf(await app.logIn(person)).iat);
    await setRoles(person.id, []).expect(200);
  }
  issued.push(claimsOf(await app.logIn(person)).iat);
  const told = (await toldOf(person.id)).filter((time) => time !== undefined);
  expect(told).toHaveLength(10);
  for (const [index, time] of told.entries()) {
    expect(issued[index]).toBeLessThanOrEqual(time);
    expect(issued[index + 1]).toBeGreaterThan(time);
  }
});

it('does not fall when the clock of the database is set back, and no token lives longer for it', async () => {
  const person = await app.register();
  const future = Math.floor(Date.now() / 1_000) + 3_600;
  await app.database.change('UPDATE users SET tokens_valid_after = :future WHERE id = :id', {
    id: person.id,
    future,
  });
  await setRoles(person.id, ['seller']).expect(200);
  await setRoles(person.id, []).expect(200);
  const { iat, exp } = claimsOf(await app.logIn(person));
  expect((await toldOf(person.id)).at(-1)).toBe(future + 1);
  expect(iat).toBe(future + 2);
  expect(exp).toBeLessThan(future);
});

it('tells tokens with the role from those without it, when they are issued at the moment of the change', async () => {
  for (let round = 0; round < 12; round += 1) {
    const person = await app.register();
    await setRoles(person.id, ['seller']).expect(200);
    const { email, password, refreshToken } = person;
    const answers = await Promise.all([
      app.request.post('/api/v1/auth/refresh').send({ refreshToken }),
      app.request.post('/api/v1/auth/login').send({ email, password }),
      setRoles(person.id, []),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const validAfter = (await toldOf(person.id)).at(-1) ?? 0;
    for (const { body } of answers.slice(0, 2)) {
      const { roles, iat } = claimsOf(body);
      expect({ hasRole: roles.includes('seller') }).toEqual({ hasRole: iat <= validAfter });
    }
  }
});
