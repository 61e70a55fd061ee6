import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { defineProblem } from '@tradepost/service-kit/problem.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { type KitApp, recordingLogger, startKitApp } from './helpers/kit-app.ts';

const tooHot = defineProblem('too-hot', 409, 'It is too hot');
const logger = recordingLogger();
let database: TestDatabase;
let app: KitApp;

const nobodyThere = openDatabase({
  DB_HOST: '127.0.0.1',
  DB_PORT: 1,
  DB_NAME: 'nowhere',
  DB_USER: 'nobody',
  DB_PASSWORD: 'planted-password',
  DB_POOL_SIZE: 1,
});

const failing = (path: string, handle: () => Promise<never> | never) =>
  route({ method: 'get', path, summary: 'Fails', access: 'anyone', answers: { 200: null }, handle });

async function killOneself(): Promise<never> {
  await database.transaction(async (tx) => {
    const [own] = await database.select<{ id: number }>('SELECT CONNECTION_ID() AS id', {}, tx);
    const other = openDatabase(database.settings);
    await other.sequelize.query(`KILL ${own?.id}`);
    await other.close();
    await database.select('SELECT 1', {}, tx);
  });
  throw new Error('The connection lives.');
}

beforeAll(async () => {
  database = await createTestDatabase(undefined, 1);
  await database.sequelize.query('CREATE TABLE things (id INT PRIMARY KEY)');
  app = await startKitApp(
    [
      failing('/bug', () => {
        throw new Error('planted message', { cause: new Error('planted cause') });
      }),
      failing('/rejected', () => Promise.reject(new Error('planted message'))),
      failing('/thrown-string', () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'planted message';
      }),
      failing('/sql', async () => {
        await database.select('SELECT planted_column FROM things');
        throw new Error('This has no such column.');
      }),
      failing('/down', async () => {
        await nobodyThere.select('SELECT 1');
        throw new Error('Somebody answered.');
      }),
      failing('/killed', killOneself),
      failing('/problem', () => {
        throw tooHot('Wait until it is 40.', { members: { degrees: 41 }, headers: { ETag: '"1"' } });
      }),
      failing('/slow', () => new Promise(() => undefined)),
    ],
    { logger },
  );
});
afterAll(async () => {
  await app.close();
  await nobodyThere.close();
  await database.drop();
});

test('a problem is told in the form of RFC 9457, with members and headers of its own', async () => {
  const answer = await app.request.get('/problem').set('X-Request-Id', 'abc').expect(409);
  expect(answer.get('Content-Type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.get('Cache-Control')).toBe('no-store');
  expect(answer.get('ETag')).toBe('"1"');
  expect(answer.body).toEqual({
    type: '/docs/problems#too-hot',
    title: 'It is too hot',
    status: 409,
    detail: 'Wait until it is 40.',
    instance: '/problem',
    code: 'too-hot',
    requestId: 'abc',
    degrees: 41,
  });
});

test.each(['/bug', '/rejected', '/thrown-string', '/sql'])(
  'a fault of ours at %s tells nothing of the inside, and is logged',
  async (path) => {
    logger.lines.length = 0;
    const answer = await app.request.get(path).expect(500);
    expect(answer.body).toMatchObject({ code: 'internal-error', status: 500, instance: path });
    expect(answer.text).not.toMatch(/planted|SELECT|things|\.ts|node_modules|127\.0\.0\.1/);
    expect(Object.keys(answer.body).sort()).toEqual(
      ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'].sort(),
    );
    const errors = logger.lines.filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      { level: 'error', message: 'request failed', fields: expect.objectContaining({ path, status: 500 }) },
    ]);
    expect(errors[0]?.fields).toHaveProperty('error');
  },
);

test.each(['/down', '/killed'])('a database that is away at %s is 503 with Retry-After', async (path) => {
  const answer = await app.request.get(path).expect(503);
  expect(answer.body.code).toBe('unavailable');
  expect(Number(answer.get('Retry-After'))).toBeGreaterThanOrEqual(1);
  expect(answer.text).not.toMatch(/planted|nobody|nowhere|127\.0\.0\.1|ECONNREFUSED|SELECT/);
});

test('the pool is whole after a lost connection', async () => {
  expect(await database.select('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('nobody waits longer than 5 s', async () => {
  const startedAt = performance.now();
  const answer = await app.request.get('/slow').expect(503);
  expect(answer.get('Retry-After')).toBe('1');
  expect(performance.now() - startedAt).toBeLessThan(5_500);
}, 10_000);

test('every answer names its request and forbids sniffing, and none names the framework', async () => {
  for (const path of ['/problem', '/bug', '/nothing-here']) {
    const answer = await app.request.get(path);
    expect(answer.get('X-Request-Id')).toBe(answer.body.requestId);
    expect(answer.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.get('X-Powered-By')).toBeUndefined();
  }
});
