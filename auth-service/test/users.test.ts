import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
let admin: Person;
beforeAll(async () => {
  app = await startAuthApp();
  admin = await app.admin();
});
afterAll(() => app.stop());

const get = (by: Person, path: string) => app.request.get(`/api/v1${path}`).set('Authorization', by.bearer);

describe('one’s own account', () => {
  const patch = (by: Person, headers: Record<string, string>, body: object) =>
    app.request
      .patch('/api/v1/users/me')
      .set({ Authorization: by.bearer, ...headers })
      .send(body);

  test('has an ETag, and 304 answers who knows it', async () => {
    const person = await app.register();
    const answer = await get(person, '/users/me').expect(200);
    expect(answer.get('ETag')).toBe('"1"');
    expect(answer.get('Cache-Control')).toBe('private, no-cache');
    const again = await get(person, '/users/me').set('If-None-Match', 'W/"1"').expect(304);
    expect(again.get('ETag')).toBe('"1"');
    expect(again.text).toBe('');
  });

  test('needs a token', async () => {
    const { body, headers } = await app.request.get('/api/v1/users/me').expect(401);
    expect(body.code).toBe('unauthenticated');
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  test('is changed by whoever knows its version', async () => {
    const person = await app.register({ displayName: 'Before', phone: '12345678' });
    const answer = await patch(person, { 'If-Match': '"1"' }, { displayName: 'After' }).expect(200);
    expect(answer.body).toMatchObject({ displayName: 'After', phone: '12345678', version: 2 });
    expect(answer.get('ETag')).toBe('"2"');
    const cleared = await patch(person, { 'If-Match': '"7", W/"2"' }, { phone: null }).expect(200);
    expect(cleared.body).toMatchObject({ displayName: 'After', phone: null, version: 3 });
    expect((await get(person, '/users/me').expect(200)).body).toEqual(cleared.body);
  });

  test('has a phone as its owner writes it, and keeps its international form beside it', async () => {
    const person = await app.register({ phone: '(555) 123-4567' });
    const stored = async () =>
      (await app.database.select('SELECT phone, phone_e164 FROM users WHERE id = :id', { id: person.id }))[0];
    expect(await stored()).toEqual({ phone: '(555) 123-4567', phone_e164: null });
    const written = [
      ['+44 (0)20 7946-0000', '+442079460000'],
      ['+1 (213) 373-4253 ext. 12', '+12133734253'],
      ['0800 12', null],
      [null, null],
    ] as const;
    for (const [phone, international] of written) {
      const { body } = await patch(person, { 'If-Match': '*' }, { phone }).expect(200);
      expect(body.phone).toBe(phone);
      expect(Object.keys(body)).not.toContain('phoneE164');
      expect(await stored()).toEqual({ phone, phone_e164: international });
    }
    for (const phone of ['call me', '+()-', '', '5'.repeat(31)]) {
      const { body } = await patch(person, { 'If-Match': '*' }, { phone }).expect(400);
      expect(body.errors[0].pointer).toBe('/phone');
    }
    const stale = await patch(person, { 'If-Match': '"1"' }, { phone: '5' }).expect(412);
    expect(stale.body.changedFields).toEqual(['phone']);
  });

  test('is not changed without If-Match', async () => {
    const person = await app.register({ displayName: 'Before' });
    const { body } = await patch(person, {}, { displayName: 'After' }).expect(428);
    expect(body.code).toBe('precondition-required');
    expect((await get(person, '/users/me')).body).toMatchObject({ displayName: 'Before', version: 1 });
  });

  test('tells who comes with an old version what has changed since', async () => {
    const person = await app.register({ displayName: 'One' });
    await patch(person, { 'If-Match': '"1"' }, { displayName: 'Two' }).expect(200);
    const { body: current } = await patch(person, { 'If-Match': '"2"' }, { phone: '12345678' }).expect(200);
    const stale = await patch(person, { 'If-Match': '"2"' }, { displayName: 'Three' }).expect(412);
    expect(stale.body).toMatchObject({ code: 'version-conflict', current, changedFields: ['phone'] });
    expect(stale.get('ETag')).toBe('"3"');
    const older = await patch(person, { 'If-Match': '"1"' }, { displayName: 'Three' }).expect(412);
    expect((older.body.changedFields as string[]).sort()).toEqual(['displayName', 'phone']);
  });

  test.each(['roles', 'email', 'id', 'emailVerified', 'version', 'passwordHash'])(
    'keeps its %s',
    async (field) => {
      const person = await app.register();
      const { body } = await patch(person, { 'If-Match': '*' }, { [field]: 'x' }).expect(400);
      expect(body.errors).toEqual([{ pointer: `/${field}`, message: 'is not a known field' }]);
    },
  );
});

describe('the accounts of others', () => {
  test('are there for admins only', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    expect((await get(ada, `/users/${ada.id}`).expect(200)).body.id).toBe(ada.id);
    expect((await get(admin, `/users/${ada.id}`).expect(200)).get('ETag')).toBe('"1"');
    const others = await get(bob, `/users/${ada.id}`).expect(404);
    const missing = await get(bob, '/users/01890000-0000-7000-8000-000000000000').expect(404);
    expect(others.body.detail).toBe(missing.body.detail);
    expect((await get(bob, '/users/1').expect(400)).body.errors[0].parameter).toBe('id');
  });

  test('are listed page by page', async () => {
    const people = [await app.register(), await app.register(), await app.register()];
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await get(admin, `/users?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.nextCursor as string | null;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(people.map(({ id }) => id)));
  });

  test('are found by address and by role', async () => {
    const { id, email } = await app.register();
    const byEmail = await get(admin, `/users?email=${email.toUpperCase()}`).expect(200);
    expect(byEmail.body).toMatchObject({ items: [{ id }], nextCursor: null });
    const byRole = await get(admin, '/users?role=admin').expect(200);
    expect((byRole.body.items as { id: string }[]).map((item) => item.id)).toEqual([admin.id]);
  });

  test('are not listed for customers, nor with what no list knows', async () => {
    const customer = await app.register();
    expect((await get(customer, '/users').expect(403)).body.code).toBe('forbidden');
    const { body } = await get(admin, '/users?limit=0&cursor=x&role=boss&sort=id').expect(400);
    const parameters = (body.errors as { parameter: string }[]).map(({ parameter }) => parameter);
    expect(parameters.sort()).toEqual(['cursor', 'limit', 'role', 'sort']);
  });
});

describe('roles', () => {
  const setRoles = (by: Person, id: string, roles: unknown, headers = {}) =>
    app.request
      .put(`/api/v1/users/${id}/roles`)
      .set({ Authorization: by.bearer, ...headers })
      .send({ roles });

  test('are replaced as a set that keeps customer', async () => {
    const { id } = await app.register();
    const answer = await setRoles(admin, id, ['seller', 'seller']).expect(200);
    expect(answer.body).toMatchObject({ roles: ['customer', 'seller'], version: 2 });
    expect(answer.get('ETag')).toBe('"2"');
    expect((await setRoles(admin, id, []).expect(200)).body).toMatchObject({
      roles: ['customer'],
      version: 3,
    });
  });

  test('that are set already change nothing', async () => {
    const { id } = await app.register();
    expect((await setRoles(admin, id, ['customer']).expect(200)).body.version).toBe(1);
  });

  test('honour If-Match when it is sent', async () => {
    const { id } = await app.register();
    await setRoles(admin, id, ['seller']).expect(200);
    const { body } = await setRoles(admin, id, [], { 'If-Match': '"1"' }).expect(412);
    expect(body).toMatchObject({ current: { id, version: 2 }, changedFields: ['roles'] });
    await setRoles(admin, id, [], { 'If-Match': '"2"' }).expect(200);
  });

  test('are given by admins only, to accounts that exist, and known ones only', async () => {
    const customer = await app.register();
    await setRoles(customer, customer.id, ['admin']).expect(403);
    await setRoles(admin, '01890000-0000-7000-8000-000000000000', []).expect(404);
    const { body } = await setRoles(admin, customer.id, ['boss']).expect(400);
    expect(body.errors[0].pointer).toBe('/roles/0');
  });

  test('leave somebody who is admin', async () => {
    const { body } = await setRoles(admin, admin.id, []).expect(409);
    expect(body.code).toBe('last-admin');
    const second = await app.register();
    await setRoles(admin, second.id, ['admin']).expect(200);
    await setRoles(admin, second.id, []).expect(200);
  });
});
