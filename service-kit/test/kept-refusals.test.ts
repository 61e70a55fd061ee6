import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { notFound, unavailable, versionConflict } from '@tradepost/service-kit/problem.ts';
import { v7 as uuidv7 } from 'uuid';
import { bearer, startKeyedThings, type Thing, tooMany } from './helpers/keyed-things.ts';

let things: Awaited<ReturnType<typeof startKeyedThings>>;
beforeAll(async () => {
  things = await startKeyedThings();
});
beforeEach(() => things.reset());
afterAll(() => things.stop());

test('a refusal that work came to is kept, with its row', async () => {
  const key = uuidv7();
  things.script.between = (thing) => {
    thing.state = 'refused';
  };
  const first = await things.post(key).expect(409);
  expect(first.body).toMatchObject({ code: 'too-many', instance: '/things' });
  things.script.between = () => undefined;
  const repeat = await things.post(key).expect(409);
  expect(repeat.text).toBe(first.text);
  expect(repeat.get('Content-Type')).toBe(first.get('Content-Type'));
  expect(repeat.get('Idempotency-Replayed')).toBe('true');
  expect((await things.database.select<Thing>('SELECT * FROM things')).map(({ id }) => id)).toEqual([
    first.body.thingId,
  ]);
});

test.each([409, 404])('a refusal without a row is kept: %i', async (status) => {
  const key = uuidv7();
  things.script.before = () => {
    throw status === 409 ? tooMany('No more.') : notFound('There is none.');
  };
  const first = await things.post(key).expect(status);
  things.script.before = () => undefined;
  const repeat = await things.post(key).expect(status);
  expect(repeat.text).toBe(first.text);
  expect(repeat.get('Idempotency-Replayed')).toBe('true');
  await things.post(key, 'other body').expect(422);
  expect(await things.countThings()).toBe(0);
});

test('of refusals at once, all are the same', async () => {
  const key = uuidv7();
  things.script.before = async () => {
    await sleep(20);
    throw tooMany('No more.');
  };
  const answers = await Promise.all(Array.from({ length: 10 }, () => things.post(key)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
});

test.each([
  [412, versionConflict('It has changed.')],
  [503, unavailable('Not now.')],
  [500, new Error('broken')],
])('what a repeat may mend is not kept: %i', async (status, error) => {
  const key = uuidv7();
  things.script.before = () => {
    throw error;
  };
  await things.post(key).expect(status);
  things.script.before = () => undefined;
  const second = await things.post(key).expect(201);
  expect(second.get('Idempotency-Replayed')).toBeUndefined();
  expect(await things.countThings()).toBe(1);
});

test('requests refused at the door leave the key free', async () => {
  const key = uuidv7();
  const headers = { Authorization: bearer, 'Idempotency-Key': key };
  await things.request.post('/things').set(headers).send({ name: 1 }).expect(400);
  await things.request.post('/things').set('Idempotency-Key', key).send({ name: 'a' }).expect(401);
  await things.request.post('/things').set(headers).type('text/plain').send('x').expect(415);
  expect((await things.post(key).expect(201)).get('Idempotency-Replayed')).toBeUndefined();
});

test('work in one transaction that fails leaves neither effect nor key', async () => {
  const key = uuidv7();
  things.script.between = () => {
    throw new Error('broken');
  };
  await things.post(key, 'a', '/at-once').expect(500);
  expect(await things.countThings()).toBe(0);
  things.script.between = () => undefined;
  await things.post(key, 'a', '/at-once').expect(201);
  expect(await things.countThings()).toBe(1);
});
