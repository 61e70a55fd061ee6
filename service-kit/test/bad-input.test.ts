import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { id, newMoney, text } from '@tradepost/service-kit/fields.ts';
import { cursorParameter } from '@tradepost/service-kit/pagination.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { type KitApp, somebody, startKitApp, tokens } from './helpers/kit-app.ts';

let app: KitApp;
let handled: unknown[] = [];
beforeEach(() => {
  handled = [];
});
beforeAll(async () => {
  app = await startKitApp([
    route({
      method: 'post',
      path: '/things',
      summary: 'Make a thing',
      access: 'anyone',
      body: z.strictObject({
        name: text(200),
        quantity: z.int().min(1).max(100_000),
        price: newMoney.optional(),
        note: z.string().optional(),
        tags: z.array(z.string()).optional(),
      }),
      answers: { 201: null },
      handle: ({ body }) => {
        handled.push(body);
        return { status: 201, body: null };
      },
    }),
    route({
      method: 'get',
      path: '/things/{id}',
      summary: 'A thing',
      access: 'anyone',
      params: z.strictObject({ id }),
      query: z.strictObject({ cursor: cursorParameter(z.tuple([z.int(), id])), q: z.string().optional() }),
      answers: { 200: null },
      handle: () => {
        handled.push(id);
        return { status: 200, body: null };
      },
    }),
  ]);
});
afterAll(() => app.close());

async function send(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${app.url}/things`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  const problem = (await answer.json().catch(() => undefined)) as {
    code: string;
    errors?: { pointer: string; message: string }[];
  };
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8');
  expect(handled).toEqual([]);
  // A field may have more than one fault.
  const pointers = problem.errors && [...new Set(problem.errors.map(({ pointer }) => pointer))];
  return { status: answer.status, code: problem.code, pointers };
}

const refused = (...pointers: string[]) => ({ status: 400, code: 'validation-failed', pointers });

test('what fits is handled', async () => {
  await app.request.post('/things').send({ name: 'a', quantity: 1 }).expect(201);
  expect(handled).toEqual([{ name: 'a', quantity: 1 }]);
});

test.each([
  '0',
  '-1',
  '1.5',
  '100001',
  '9007199254740992',
  '1e309',
  '-1e309',
  '"1"',
  'null',
  'true',
  '[1]',
  '{}',
])('a quantity of %s is refused', async (quantity) => {
  expect(await send(`{"name": "a", "quantity": ${quantity}}`)).toEqual(refused('/quantity'));
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'userId', 'isAdmin', 'na me'])(
  'the unknown field %s is named',
  async (field) => {
    expect(await send(`{"name": "a", "quantity": 1, "${field}": {"admin": true}}`)).toEqual(
      refused(`/${field}`),
    );
  },
);

test('an unknown field __proto__ is named also deep inside', async () => {
  const price = '{"amount": 1, "currency": "EUR", "__proto__": {"amount": 2}}';
  expect(await send(`{"name": "a", "quantity": 1, "price": ${price}}`)).toEqual(refused('/price/__proto__'));
});

test.each(['""', '"  "', '"\\ud800"', '1', '["a"]', '{"$ne": ""}', `"${'x'.repeat(201)}"`])(
  'the name %.20s is refused',
  async (name) => {
    expect(await send(`{"name": ${name}, "quantity": 1}`)).toEqual(refused('/name'));
  },
);

test.each(['\u200b', '\u2800', '\u3164', '\u00ad', '\u0301', '\u0007', '\u0000'])(
  'the name %j, of which nothing is visible, is refused',
  async (name) => {
    expect(await send(JSON.stringify({ name, quantity: 1 }))).toEqual(refused('/name'));
  },
);

test.each([
  ['NUL', '\0'],
  ['the first half of a surrogate pair', '\ud83e'],
  ['the second half', '\udd89'],
])('%s is refused in every text, optional or not', async (_what, character) => {
  const odd = `a${character}b`;
  const body = { name: odd, quantity: 1, note: odd, tags: ['a', odd] };
  expect(await send(JSON.stringify(body))).toEqual(refused('/name', '/note', '/tags/1'));
});

test('a route of other services takes texts that are older than this rule', async () => {
  const kit = await startKitApp([
    route({
      method: 'post',
      path: '/told',
      summary: 'What has happened',
      access: 'service',
      body: z.strictObject({ name: z.string() }),
      answers: { 200: null },
      handle: () => ({ status: 200, body: null }),
    }),
  ]);
  try {
    await kit.request
      .post('/told')
      .set('Authorization', tokens.bearer(somebody))
      .send({ name: 'a\0' })
      .expect(200);
  } finally {
    await kit.close();
  }
});

test('all faults are named at once', async () => {
  const { pointers, ...rest } = await send(
    '{"quantity": 0, "price": {"amount": 0.5, "currency": "XXQ"}, "x": 1}',
  );
  expect(rest).toEqual({ status: 400, code: 'validation-failed' });
  expect(pointers?.sort()).toEqual(['/name', '/price/amount', '/price/currency', '/quantity', '/x']);
});

test.each(['', '{', 'nul', '{"name": "a",}', '{"name": \'a\'}', '\u0000', '{"quantity": 01}', 'NaN'])(
  'the broken JSON %p is refused',
  async (body) => {
    expect(await send(body)).toEqual(refused(''));
  },
);

test.each(['null', '1', '"text"', 'true', '[]', '[{"name": "a", "quantity": 1}]'])(
  'the body %s, which is no object, is refused',
  async (body) => {
    expect(await send(body)).toEqual(refused(''));
  },
);

test('JSON 10,000 deep is refused, as an unknown field and as the body itself', async () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  expect(await send(deep)).toEqual(refused(''));
  expect(await send(`{"name": "a", "quantity": 1, "deep": ${deep}}`)).toEqual(refused('/deep'));
  expect(await send(`{"name": ${deep}, "quantity": 1}`)).toEqual(refused('/name'));
  const deepest = '{"a":'.repeat(160_000) + '1' + '}'.repeat(160_000);
  expect((await send(deepest)).status).toBe(400);
});

test('bytes that are no UTF-8 are refused', async () => {
  const body = Buffer.concat([
    Buffer.from('{"name": "'),
    Buffer.from([0xc3, 0x28, 0xff]),
    Buffer.from('", "quantity": 1}'),
  ]);
  expect(await send(body)).toEqual(refused(''));
  expect(await send(Buffer.from('{"name": "a", "quantity": 1}', 'utf16le'))).toEqual(refused(''));
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
])('JSON sent as %s is refused', async (type) => {
  const answer = await send('{"name": "a", "quantity": 1}', { 'Content-Type': type });
  expect(answer).toMatchObject({ status: 415, code: 'unsupported-media-type' });
});

test('a body over 1 MB is refused', async () => {
  const answer = await send(`{"name": "${'x'.repeat(1_048_576)}", "quantity": 1}`);
  expect(answer).toMatchObject({ status: 413, code: 'payload-too-large' });
});

test('a small body that unpacks to 100 MB is refused without being unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));
  expect(bomb.length).toBeLessThan(200_000);
  const before = process.memoryUsage().rss;
  const answer = await send(bomb, { 'Content-Encoding': 'gzip' });
  expect(answer).toMatchObject({ status: 413, code: 'payload-too-large' });
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

test('a body that is not what its encoding says is refused', async () => {
  const answer = await send('{"name": "a", "quantity": 1}', { 'Content-Encoding': 'gzip' });
  expect(answer).toMatchObject({ status: 400, code: 'validation-failed' });
});

test('a packed body is read', async () => {
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const body = gzipSync('{"name": "a", "quantity": 1}');
  expect((await fetch(`${app.url}/things`, { method: 'POST', headers, body })).status).toBe(201);
});

const someId = '01890000-0000-7000-8000-000000000001';

test.each(['1', 'x', `${someId}0`, `{${someId}}`, "' OR 1=1", '%00', '..%2f..%2fetc', '%F0%9F%A6%89'])(
  'the ill-formed id %s is refused',
  async (value) => {
    const { body } = await app.request.get(`/things/${encodeURI(value)}`).expect(400);
    expect(body).toMatchObject({ code: 'validation-failed', errors: [{ parameter: 'id' }] });
    expect(handled).toEqual([]);
  },
);

test('a path that cannot be decoded is refused', async () => {
  const { body } = await app.request.get('/things/%ff').expect(400);
  expect(body.code).toBe('validation-failed');
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
test.each([
  ['of no list', 'x'],
  ['that is empty', ''],
  ['of another list', encode({ id: someId })],
  ['with the wrong types', encode(['1', someId])],
  ['with more', encode([1, someId, 2])],
  ['that is very long', 'A'.repeat(1001)],
])('a cursor %s is refused', async (_name, cursor) => {
  const { body } = await app.request.get(`/things/${someId}?cursor=${cursor}`).expect(400);
  expect(body.errors).toEqual([{ parameter: 'cursor', message: expect.any(String) }]);
  await app.request.get(`/things/${someId}?cursor=${encode([1, someId])}`).expect(200);
});

test('NUL in a query parameter is refused', async () => {
  const { body } = await app.request.get(`/things/${someId}?q=a%00b`).expect(400);
  expect(body.errors).toEqual([{ parameter: 'q', message: expect.any(String) }]);
});

test('unknown query parameters are named', async () => {
  const { body } = await app.request.get(`/things/${someId}?a=1&__proto__=2&b[c]=3`).expect(400);
  const names = (body.errors as { parameter: string }[]).map(({ parameter }) => parameter);
  expect(names).toEqual(['a', '__proto__', 'b[c]']);
});
