import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { answerOnce, claimKey, keyedRequest } from '@tradepost/service-kit/idempotency.ts';
import { somebody, tokens } from './helpers/kit-app.ts';
import { startKeyedThings } from './helpers/keyed-things.ts';

let things: Awaited<ReturnType<typeof startKeyedThings>>;
beforeAll(async () => {
  things = await startKeyedThings();
});
beforeEach(() => things.reset());
afterAll(() => things.stop());

test.each(['/things', '/at-once'])(
  '50 at once at %s: one effect, and the same bytes for all',
  async (path) => {
    const key = uuidv7();
    const answers = await Promise.all(Array.from({ length: 50 }, () => things.post(key, 'a', path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map((one) => one.get('Location'))).size).toBe(1);
    expect(answers[0]?.get('Location')).toBe(`/things/${answers[0]?.body.id}`);
    expect(answers.filter((one) => one.get('Idempotency-Replayed') === undefined)).toHaveLength(1);
    expect(answers.filter((one) => one.get('Idempotency-Replayed') === 'true')).toHaveLength(49);
    expect(new Set(answers.map((one) => one.get('Content-Type'))).size).toBe(1);
    expect(await things.countThings()).toBe(1);
  },
  20_000,
);

test('different keys do the work each', async () => {
  await Promise.all([things.post(uuidv7()).expect(201), things.post(uuidv7()).expect(201)]);
  expect(await things.countThings()).toBe(2);
});

test('the same key of somebody else, or at another path, is another key', async () => {
  const key = uuidv7();
  const stranger = tokens.bearer('01890000-0000-7000-8000-000000000002');
  const first = await things.post(key).expect(201);
  const other = await things.post(key).set('Authorization', stranger).expect(201);
  expect(other.body.id).not.toBe(first.body.id);
  await things.post(key, 'b', '/at-once').expect(201);
  expect(await things.countThings()).toBe(3);
});

test('a path with a slash at its end is the same path', async () => {
  const key = uuidv7();
  const first = await things.post(key, 'a', '/things').expect(201);
  const second = await things.post(key, 'a', '/things/').expect(201);
  expect(second.body).toEqual(first.body);
});

test('another body with the same key is refused', async () => {
  const key = uuidv7();
  await things.post(key, 'a').expect(201);
  const { body } = await things.post(key, 'b').expect(422);
  expect(body.code).toBe('idempotency-key-reused');
  await things.post(key, 'a').expect(201);
  expect(await things.countThings()).toBe(1);
});

test('another body is refused also while the first request runs', async () => {
  const key = uuidv7();
  things.script.between = () => sleep(400);
  const first = things.post(key, 'a').expect(201);
  const running = first.then((one) => one);
  await sleep(150);
  await things.post(key, 'b').expect(422);
  await running;
});

test.each(['/things', '/at-once'])(
  'a first request at %s that still runs after 2 s is told with Retry-After',
  async (path) => {
    const key = uuidv7();
    things.script.between = () => sleep(4_400);
    const running = things.post(key, 'a', path).then((one) => one);
    await sleep(200);
    const startedAt = performance.now();
    const second = await things.post(key, 'a', path);
    const ms = performance.now() - startedAt;
    expect({ status: second.status, code: second.body.code }).toEqual({
      status: 409,
      code: 'request-in-progress',
    });
    expect(second.get('Retry-After')).toBe('1');
    expect(ms).toBeGreaterThan(1_700);
    expect(ms).toBeLessThan(4_000);
    const first = await running;
    expect(first.status).toBe(201);
    expect((await things.post(key, 'a', path).expect(201)).text).toBe(first.text);
    expect(await things.countThings()).toBe(1);
  },
  20_000,
);

test('when the first request died, a repeat answers from the state within 5 s, and that answer stays', async () => {
  const key = uuidv7();
  things.script.between = (thing) => {
    throw new Error(`The process dies with ${thing.id}.`);
  };
  await things.post(key).expect(500);
  things.script.between = () => undefined;
  const startedAt = performance.now();
  let repeat = await things.post(key);
  while (repeat.status === 409 && performance.now() - startedAt < 6_000) repeat = await things.post(key);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(repeat.status).toBe(201);
  expect(repeat.body).toMatchObject({ name: 'a', state: 'begun' });
  expect(repeat.get('Idempotency-Replayed')).toBe('true');
  await things.database.change("UPDATE things SET state = 'later'", {});
  expect((await things.post(key).expect(201)).text).toBe(repeat.text);
  expect(await things.countThings()).toBe(1);
}, 20_000);

test('the answer of a repeat wins over a first request that comes back to life', async () => {
  const key = uuidv7();
  things.script.between = () => sleep(4_000);
  const slow = things.post(key).then((one) => one);
  await sleep(3_200);
  const repeat = await things.post(key).expect(201);
  expect(repeat.body.state).toBe('begun');
  expect((await slow).text).toBe(repeat.text);
}, 20_000);

test('what a transaction kept that was lost with its COMMIT is neither given nor counted as kept', async () => {
  const call = {
    callerId: somebody,
    method: 'POST',
    path: '/things',
    key: uuidv7(),
    body: {},
    requestId: '1',
  };
  const request = keyedRequest(call);
  const { database } = things;
  const askOnce = () =>
    answerOnce<string>(database, request, {
      work: async (once) => {
        await database.transaction((tx) => claimKey(database, tx, { request, resourceId: uuidv7() }));
        const losing = database.transaction(async (tx) => {
          await once.keep('refused', tx);
          throw new Error('The database dies before it has committed.');
        });
        await expect(losing).rejects.toThrow('dies');
        expect(once.isKept()).toBe(false);
        await once.keep('done');
        expect(once.isKept()).toBe(true);
      },
      answer: (state) => ({ status: 201, body: { state } }),
      recover: () => Promise.reject(new Error('An answer is there.')),
    });
  expect((await askOnce()).text).toBe('{"state":"done"}');
  expect(await askOnce()).toMatchObject({ text: '{"state":"done"}', replayed: true });
});
