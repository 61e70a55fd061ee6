import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KitApp, somebody, startKitApp, tokens } from './helpers/kit-app.ts';
import { id } from '@tradepost/service-kit/fields.ts';
import { limitParameter } from '@tradepost/service-kit/pagination.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';

let app: KitApp;
beforeAll(async () => {
  app = await startKitApp([
    route({
      method: 'get',
      path: '/things',
      summary: 'Things',
      access: 'anyone',
      query: z.strictObject({ limit: limitParameter, colour: z.enum(['red', 'blue']).optional() }),
      answers: { 200: z.object({ limit: z.int() }) },
      handle: ({ query }) => ({ status: 200, body: { limit: query.limit } }),
    }),
    route({
      method: 'post',
      path: '/things/{id}/copies',
      summary: 'Copy a thing',
      access: { roles: ['maker', 'admin'] },
      params: z.strictObject({ id }),
      body: z.strictObject({
        name: z.string(),
        count: z.int(),
        inner: z.strictObject({ 'a/b~c': z.int() }).optional(),
      }),
      idempotent: true,
      answers: { 201: z.object({ name: z.string() }) },
      handle: ({ body }) => ({ status: 201, body: { name: body.name } }),
    }),
  ]);
});
afterAll(() => app.close());

const copies = '/things/01890000-0000-7000-8000-000000000009/copies';
const maker = tokens.bearer(somebody, 'customer', 'maker');
const customer = tokens.bearer(somebody, 'customer');

test('the method comes first: 405 without looking at token or body, and Allow names the documented ones', async () => {
  const answer = await app.request.delete(copies).type('text/plain').send('x').expect(405);
  expect(answer.get('Allow')).toBe('POST, OPTIONS');
  expect(answer.body.code).toBe('method-not-allowed');
  expect((await app.request.put('/things').expect(405)).get('Allow')).toBe('GET, HEAD, OPTIONS');
});

test('OPTIONS answers 204 with Allow', async () => {
  const answer = await app.request.options('/things').expect(204);
  expect(answer.get('Allow')).toBe('GET, HEAD, OPTIONS');
  expect(answer.text).toBe('');
});

test('HEAD answers what GET does, without its body', async () => {
  const get = await app.request.get('/things').expect(200);
  const head = await app.request.head('/things').expect(200);
  expect(head.text).toBeFalsy();
  expect(head.get('Content-Type')).toBe(get.get('Content-Type'));
  await app.request.head(copies).expect(405);
});

test('an unknown path is 404', async () => {
  const { body } = await app.request.get('/nothing/here').expect(404);
  expect(body).toMatchObject({ code: 'not-found', instance: '/nothing/here' });
  await app.request.get('/Things').expect(404);
});

test('then the body: 415 for another type, before the token', async () => {
  const { body } = await app.request.post(copies).type('text/plain').send('{"name":"x"}').expect(415);
  expect(body.code).toBe('unsupported-media-type');
  await app.request
    .post(copies)
    .type('application/json')
    .set('Content-Encoding', 'compress')
    .send('{}')
    .expect(415);
});

test('and 413 for one over 1 MB, before the token', async () => {
  const { body } = await app.request
    .post(copies)
    .send({ name: 'x'.repeat(1_100_000) })
    .expect(413);
  expect(body.code).toBe('payload-too-large');
});

test('then the token: 401', async () => {
  const answer = await app.request.post(copies).send({ wrong: true }).expect(401);
  expect(answer.body.code).toBe('unauthenticated');
  expect(answer.get('WWW-Authenticate')).toBe('Bearer');
});

test('then the role: 403, before the content', async () => {
  const { body } = await app.request
    .post(copies)
    .set('Authorization', customer)
    .send({ wrong: true })
    .expect(403);
  expect(body.code).toBe('forbidden');
});

describe('then 400', () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    app.request.post(path).set({ Authorization: maker, ...headers });

  test('names every fault of path, query, headers and body at once', async () => {
    const { body } = await post('/things/7/copies?colour=red')
      .send({ count: 1.5, inner: { 'a/b~c': 'x' }, extra: 1 })
      .expect(400);
    expect(body).toMatchObject({ code: 'validation-failed', status: 400 });
    const faults = (body.errors as { pointer?: string; parameter?: string; message: string }[]).map(
      ({ pointer, parameter, message }) => {
        expect(message).toBeTruthy();
        return pointer ?? parameter;
      },
    );
    expect(faults.sort()).toEqual(
      ['id', 'colour', 'Idempotency-Key', '/name', '/count', '/inner/a~1b~0c', '/extra'].sort(),
    );
  });

  test('names a missing key by a code of its own when nothing else is wrong', async () => {
    const { body } = await post(copies).send({ name: 'a', count: 1 }).expect(400);
    expect(body.code).toBe('idempotency-key-missing');
    expect(body.errors).toEqual([{ parameter: 'Idempotency-Key', message: expect.any(String) }]);
  });

  test('has room for a key of 255 characters, and not for more', async () => {
    const send = (length: number) =>
      post(copies, { 'Idempotency-Key': 'k'.repeat(length) }).send({ name: 'a', count: 1 });
    await send(255).expect(201);
    expect((await send(256).expect(400)).body.code).toBe('validation-failed');
  });

  test.each(['0', '101', '1000000000', '1.5', 'ten', ''])('refuses the limit %p', async (limit) => {
    const { body } = await app.request.get(`/things?limit=${limit}`).expect(400);
    expect(body.errors[0].parameter).toBe('limit');
  });

  test('refuses a parameter that comes twice', async () => {
    const { body } = await app.request.get('/things?limit=1&limit=2').expect(400);
    expect(body.errors[0].parameter).toBe('limit');
  });
});
