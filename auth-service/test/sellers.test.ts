import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 4 });
});
afterAll(() => app.stop());

const own = '/api/v1/users/me/seller-profile';
const profile = { displayName: 'Moor & Daughters', about: 'Lamps, and what belongs to them.' };

const create = (by: Person, body: object = profile) =>
  app.request.post(own).set('Authorization', by.bearer).send(body);
const change = (by: Person, headers: Record<string, string>, body: object) =>
  app.request
    .patch(own)
    .set({ Authorization: by.bearer, ...headers })
    .send(body);
const readPublic = (sellerId: string) => app.request.get(`/api/v1/sellers/${sellerId}`);

async function verified(): Promise<Person> {
  const person = await app.register();
  await app.database.change('UPDATE users SET email_verified = TRUE WHERE id = :id', { id: person.id });
  return person;
}

async function rolesAfterRefresh({ refreshToken }: Person): Promise<string[]> {
  const { body } = await app.request.post('/api/v1/auth/refresh').send({ refreshToken }).expect(200);
  const payload = (body.accessToken as string).split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).roles;
}

async function readTold(subject: string): Promise<[string, number, object][]> {
  const rows = await app.database.select<{ event: string }>(
    `SELECT event FROM outbox WHERE JSON_VALUE(event, '$.subject') = :subject
        AND JSON_VALUE(event, '$.type') LIKE 'seller.%' ORDER BY position`,
    { subject },
  );
  return rows.map(({ event }) => {
    const { type, sequence, data } = JSON.parse(event) as { type: string; sequence: number; data: object };
    return [type, sequence, data];
  });
}

test('who has verified their address becomes a seller, at the next refresh', async () => {
  const person = await verified();
  const { body, headers } = await create(person).expect(201);
  expect(body).toMatchObject({ id: person.id, ...profile, version: 1 });
  expect(headers).toMatchObject({ location: own, etag: '"1"' });
  expect(await rolesAfterRefresh(person)).toEqual(['customer', 'seller']);
  const read = await app.request.get(own).set('Authorization', person.bearer).expect(200);
  expect(read.body).toEqual(body);
});

test('who has not verified it does not', async () => {
  const person = await app.register();
  expect((await create(person).expect(403)).body.code).toBe('not-verified');
  expect(await rolesAfterRefresh(person)).toEqual(['customer']);
  await app.request.get(own).set('Authorization', person.bearer).expect(404);
});

test('a seller has one profile, however often it is made at once', async () => {
  const person = await verified();
  const answers = await Promise.all(Array.from({ length: 5 }, () => create(person)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(refused?.body.code).toBe('seller-profile-exists');
});

test('a profile is changed by whoever knows its version', async () => {
  const person = await verified();
  await create(person).expect(201);
  await change(person, {}, { about: null }).expect(428);
  const { body } = await change(person, { 'If-Match': '"1"' }, { about: null }).expect(200);
  expect(body).toMatchObject({ displayName: profile.displayName, about: null, version: 2 });
  const stale = await change(person, { 'If-Match': '"1"' }, { displayName: 'Moor' }).expect(412);
  expect(stale.body).toMatchObject({ current: body, changedFields: ['about'] });
  await change(person, { 'If-Match': '*' }, { displayName: null }).expect(400);
});

test('everybody sees a seller, and nothing of the account', async () => {
  const person = await verified();
  await readPublic(person.id).expect(404);
  const { body } = await create(person, { displayName: 'Moor' }).expect(201);
  const seen = await readPublic(person.id).expect(200);
  expect(seen.body).toEqual({
    displayName: 'Moor',
    about: null,
    rating: null,
    ratingCount: 0,
    since: body.createdAt,
  });
  expect(seen.get('Cache-Control')).toMatch(/^public/);
  await readPublic('1').expect(400);
});

test('others are told, of what is personal only what has changed', async () => {
  const person = await verified();
  const sellerId = person.id;
  await create(person).expect(201);
  await change(person, { 'If-Match': '"1"' }, { about: 'Lamps.' }).expect(200);
  await change(person, { 'If-Match': '"2"' }, { displayName: 'Moor' }).expect(200);
  expect(await readTold(sellerId)).toEqual([
    ['seller.created', 1, { sellerId, displayName: profile.displayName }],
    ['seller.changed', 2, { sellerId, changedFields: ['about'] }],
    ['seller.changed', 3, { sellerId, changedFields: ['displayName'], displayName: 'Moor' }],
  ]);
});
