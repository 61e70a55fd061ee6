import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 4 });
  [ada, bob] = [await app.register(), await app.register()];
});
afterAll(() => app.stop());

const all = '/api/v1/users/me/addresses';
const home = { name: 'Ada Moor', line1: '1 Harbour Lane', city: 'Leiden', country: 'NL' };
const whole = {
  ...home,
  line2: 'Flat 2',
  region: 'South Holland',
  postalCode: '2312 XZ',
  phone: '+31 71 12',
};

const add = (by: Person, address: object) =>
  app.request.post(all).set('Authorization', by.bearer).send(address);
const get = (by: Person, path = all) => app.request.get(path).set('Authorization', by.bearer);
const put = (by: Person, path: string, headers: Record<string, string>, address: object) =>
  app.request
    .put(path)
    .set({ Authorization: by.bearer, ...headers })
    .send(address);
const remove = (by: Person, path: string, headers: Record<string, string> = {}) =>
  app.request.delete(path).set({ Authorization: by.bearer, ...headers });

async function keep(by: Person, address: object = home): Promise<string> {
  const { headers } = await add(by, address).expect(201);
  return headers.location!;
}

describe('an address', () => {
  test('is kept as it was sent', async () => {
    const { body, headers } = await add(ada, whole).expect(201);
    expect(headers.location).toBe(`${all}/${body.id}`);
    expect(headers.etag).toBe('"1"');
    expect(body).toMatchObject({ ...whole, version: 1 });
    expect((await get(ada, headers.location).expect(200)).body).toEqual(body);
    await get(ada, headers.location).set('If-None-Match', '"1"').expect(304);
  });

  test('has no field that it does not need', async () => {
    const { body } = await get(ada, await keep(ada)).expect(200);
    expect(Object.keys(body).sort()).toEqual(
      ['id', 'name', 'line1', 'city', 'country', 'version', 'createdAt', 'updatedAt'].sort(),
    );
  });

  test('is replaced by whoever knows its version, and loses what is not sent', async () => {
    const path = await keep(ada, whole);
    const moved = { ...home, city: 'Delft' };
    const { body, headers } = await put(ada, path, { 'If-Match': '"1"' }, moved).expect(200);
    expect(body).toMatchObject({ city: 'Delft', version: 2 });
    expect(body).not.toHaveProperty('line2');
    expect(headers.etag).toBe('"2"');
    const stale = await put(ada, path, { 'If-Match': '"1"' }, home).expect(412);
    expect(stale.body).toMatchObject({ code: 'version-conflict', current: body });
    expect((stale.body.changedFields as string[]).sort()).toEqual(
      ['city', 'line2', 'phone', 'postalCode', 'region'].sort(),
    );
    expect((await put(ada, path, {}, home).expect(428)).body.code).toBe('precondition-required');
  });

  test('has a phone as it is written, and keeps its international form beside it', async () => {
    const path = await keep(ada, { ...home, country: 'US', phone: '(555) 123-4567' });
    const id = path.split('/').at(-1);
    const stored = () =>
      app.database.select('SELECT phone, phone_e164 FROM addresses WHERE id = :id', { id });
    const { body } = await get(ada, path).expect(200);
    expect(body.phone).toBe('(555) 123-4567');
    expect(Object.keys(body)).not.toContain('phoneE164');
    expect(await stored()).toEqual([{ phone: '(555) 123-4567', phone_e164: '+15551234567' }]);
    const moved = { ...home, country: 'NL', phone: '071 998 8776' };
    await put(ada, path, { 'If-Match': '*' }, moved).expect(200);
    expect(await stored()).toEqual([{ phone: '071 998 8776', phone_e164: '+31719988776' }]);
    const stale = await put(ada, path, { 'If-Match': '"1"' }, home).expect(412);
    expect((stale.body.changedFields as string[]).sort()).toEqual(['country', 'phone']);
    await put(ada, path, { 'If-Match': '*' }, home).expect(200);
    expect(await stored()).toEqual([{ phone: null, phone_e164: null }]);
    const { body: refused } = await add(ada, { ...home, phone: 'call me' }).expect(400);
    expect(refused.errors[0].pointer).toBe('/phone');
  });

  test('is forgotten by whoever knows its version', async () => {
    const path = await keep(ada);
    await remove(ada, path).expect(428);
    await remove(ada, path, { 'If-Match': '"2"' }).expect(412);
    await remove(ada, path, { 'If-Match': '*' }).expect(204);
    await get(ada, path).expect(404);
    await remove(ada, path, { 'If-Match': '*' }).expect(404);
  });

  test('of somebody else does not exist', async () => {
    const path = await keep(ada);
    await get(bob, path).expect(404);
    await put(bob, path, { 'If-Match': '*' }, home).expect(404);
    await remove(bob, path, { 'If-Match': '*' }).expect(404);
    expect((await get(bob).expect(200)).body).toEqual({ items: [], nextCursor: null });
    await get(ada, path).expect(200);
  });

  test('is refused with all its faults', async () => {
    const { body } = await add(ada, { ...home, name: ' ', country: 'Holland', planet: 'Earth' }).expect(400);
    const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/country', '/name', '/planet']);
    await get(ada, `${all}/1`).expect(400);
  });
});

test('addresses are listed page by page, newest first', async () => {
  const person = await app.register();
  const paths = [await keep(person), await keep(person), await keep(person)];
  const first = await get(person, `${all}?limit=2`).expect(200);
  const second = await get(person, `${all}?limit=2&cursor=${first.body.nextCursor}`).expect(200);
  const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => `${all}/${id}`);
  expect(ids).toEqual(paths.toReversed());
  expect(second.body.nextCursor).toBeNull();
});

test('of 10 replacements of one version at once, one is made', async () => {
  const path = await keep(ada);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      put(ada, path, { 'If-Match': '"1"' }, { ...home, line1: `${index} Harbour Lane` }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)]);
});
