import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { type CheckedApp, serveChecked } from '../../testing/checked-app.ts';
import { countHit, digestOf, endedWindows } from '../src/limits/counter.ts';
import { openLimits } from '../src/limits/open-limits.ts';
import { defineModels } from '../src/models.ts';
import { goodPassword, limitsForTests, migrations, prepare } from './helpers/auth-app.ts';

const perAddress = { LOG_IN_FAILURES_PER_ADDRESS: 30, REGISTRATIONS_PER_ADDRESS: 20 };

let schema: TestDatabase;
const pools: Database[] = [];
const replicas: CheckedApp[] = [];
const stops: (() => void)[] = [];

/** Two replicas that share nothing but the database. */
beforeAll(async () => {
  schema = await createTestDatabase(migrations, 5);
  await registerSinks(schema, [{ name: 'test' }]);
  defineModels(schema.sequelize);
  for (let number = 1; number <= 2; number += 1) {
    const pool = openDatabase(schema.settings);
    pools.push(pool);
    const { app, stopLimits } = await prepare(pool, { limits: perAddress });
    stops.push(stopLimits);
    replicas.push(await serveChecked(app));
  }
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  for (const stop of stops) stop();
  await Promise.all(pools.map((pool) => pool.close()));
  await schema.drop();
});

let people = 0;
let addresses = 0;
/** An address that nobody has come from yet. */
const newAddress = (): string => `203.0.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`;
const post = (turn: number, path: string, from: string) =>
  replicas[turn % 2]!.request.post(`/api/v1/auth/${path}`).set('X-Forwarded-For', from);
const logIn = (turn: number, from: string, credentials: { email: string; password?: string }) =>
  post(turn, 'login', from).send({ password: 'not this password', ...credentials });

async function register(from = newAddress()): Promise<{ email: string; password: string; home: string }> {
  people += 1;
  const person = { email: `limited-${people}@example.org`, password: goodPassword };
  await post(people, 'register', from).send(person).expect(201);
  return { ...person, home: from };
}

const countStatuses = (answers: readonly { status: number }[]): Record<number, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, group]) => [status, group.length]),
  );

describe('wrong passwords of one account', () => {
  test('are ten; the eleventh is told when to come back, whatever replica and address it takes', async () => {
    const { email, password } = await register();
    for (let turn = 0; turn < 10; turn += 1) await logIn(turn, newAddress(), { email }).expect(401);
    for (const credentials of [{ email }, { email, password }, { email: email.toUpperCase() }]) {
      const answer = await logIn(people, newAddress(), credentials).expect(429);
      expect(answer.body).toMatchObject({ code: 'rate-limited', status: 429 });
      expect(Number(answer.get('Retry-After'))).toBeGreaterThan(14 * 60);
      expect(Number(answer.get('Retry-After'))).toBeLessThanOrEqual(15 * 60);
      expect(answer.get('RateLimit-Policy')).toBe('"log-in-account";q=10;w=900');
      expect(answer.get('RateLimit')).toBe(`"log-in-account";r=0;t=${answer.get('Retry-After')}`);
    }
  });

  test('are ten of 40 at once over two replicas', async () => {
    const { email } = await register();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, turn) => logIn(turn, newAddress(), { email })),
    );
    expect(countStatuses(answers)).toEqual({ 401: 10, 429: 30 });
  });

  test('are counted alike where there is no account', async () => {
    const email = 'nobody-at-all@example.org';
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, turn) => logIn(turn, newAddress(), { email })),
    );
    expect(countStatuses(answers)).toEqual({ 401: 10, 429: 5 });
  });

  test('of strangers do not lock out the owner, who comes from where they have been before', async () => {
    const { email, password, home } = await register();
    for (let turn = 0; turn < 12; turn += 1) await logIn(turn, newAddress(), { email });
    await logIn(0, newAddress(), { email, password }).expect(429);
    await logIn(1, home, { email, password }).expect(200);
    // There the owner has guesses of their own, ten of them as well.
    for (let turn = 0; turn < 10; turn += 1) await logIn(turn, home, { email }).expect(401);
    await logIn(1, home, { email, password }).expect(429);
  });

  test('are not used up by right ones, however many come at once', async () => {
    const { email, password, home } = await register();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, turn) =>
        logIn(turn, turn % 2 ? home : newAddress(), { email, password }),
      ),
    );
    expect(countStatuses(answers)).toEqual({ 200: 30 });
  });

  test('begin anew after the window, which refused log-ins do not lengthen', async () => {
    const { email } = await register();
    for (let turn = 0; turn < 13; turn += 1) await logIn(turn, newAddress(), { email });
    const digest = digestOf('log-in-account', email);
    const past = 'NOW(3) - INTERVAL 1 SECOND';
    await schema.change(`UPDATE rate_limits SET ends_at = ${past} WHERE digest = :digest`, { digest });
    await logIn(0, newAddress(), { email }).expect(401);
  });
});

describe('one address', () => {
  test('gets 30 wrong passwords, whatever accounts they are for; right ones do not count', async () => {
    const { email, password, home } = await register();
    for (let turn = 0; turn < 35; turn += 1) await logIn(turn, home, { email, password }).expect(200);
    // Hits of right ones are taken back after the answer.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const wrong = await Promise.all(
      Array.from({ length: 40 }, (_, turn) => logIn(turn, home, { email: `guess-${turn}@example.org` })),
    );
    expect(countStatuses(wrong)).toEqual({ 401: 30, 429: 10 });
    const refused = wrong.find(({ status }) => status === 429)!;
    expect(refused.get('RateLimit-Policy')).toBe('"log-in-address";q=30;w=900');
    expect(Number(refused.get('Retry-After'))).toBeGreaterThan(0);
    await logIn(0, newAddress(), { email, password }).expect(200);
  });

  test('registers 20 accounts, of 30 at once over two replicas', async () => {
    const from = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, turn) =>
        post(turn, 'register', from).send({ email: `many-${turn}@example.org`, password: goodPassword }),
      ),
    );
    expect(countStatuses(answers)).toEqual({ 201: 20, 429: 10 });
  });

  test('is not what a caller claims in front of what the door has seen', async () => {
    const from = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, turn) =>
        logIn(turn, `${newAddress()}, ${from}`, { email: `claim-${turn}@example.org` }),
      ),
    );
    expect(countStatuses(answers)).toEqual({ 401: 30, 429: 10 });
  });

  const guessFrom = async (addressOf: (turn: number) => string): Promise<Record<number, number>> => {
    const guesses = Array.from({ length: 40 }, (_, turn) =>
      logIn(turn, addressOf(turn), {
        email: `six-${turn}-${addressOf(turn)}@example.org`.replaceAll(':', '-'),
      }),
    );
    return countStatuses(await Promise.all(guesses));
  };

  test('is, of IPv6, the /64 that a customer has', async () => {
    expect(await guessFrom((turn) => `2001:db8:7:1:${turn}::${turn + 1}`)).toEqual({ 401: 30, 429: 10 });
    expect(await guessFrom((turn) => `2001:db8:7:1${turn % 2}::1`)).toEqual({ 401: 40 });
  });

  test('is the same of IPv4 and in the form of IPv6', async () => {
    const from = newAddress();
    expect(await guessFrom((turn) => (turn % 2 ? from : `::ffff:${from}`))).toEqual({ 401: 30, 429: 10 });
    expect(await guessFrom(() => `::ffff:${newAddress()}`)).toEqual({ 401: 40 });
  });
});

test('codes are ten for each account', async () => {
  const limits = openLimits({ database: schema, logger: silentLogger }, limitsForTests);
  limits.stop();
  const send = async (account: string): Promise<string> => (await limits.countCode(account))?.code ?? 'sent';
  const outcomes = await Promise.all(Array.from({ length: 25 }, () => send('somebody')));
  expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'rate-limited')).toHaveLength(15);
  expect(await send('somebody else')).toBe('sent');
});

test('of any number of hits at once each gets its own number', async () => {
  const window = { digest: digestOf('numbers'), seconds: 60 };
  const counts = await Promise.all(
    Array.from({ length: 60 }, (_, turn) => countHit(pools[turn % 2]!, window)),
  );
  const numbers = counts.map(({ hits }) => hits).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test('neither e-mail nor address is kept, and windows that are over are deleted', async () => {
  const { email, home } = await register();
  const text = JSON.stringify(await schema.select('SELECT * FROM rate_limits'));
  expect(text).not.toContain(email);
  expect(text).not.toContain(home);
  await schema.change('UPDATE rate_limits SET ends_at = NOW(3) - INTERVAL 1 SECOND', {});
  while ((await schema.change(endedWindows, {})) > 0);
  expect(await schema.select('SELECT digest FROM rate_limits')).toEqual([]);
});
