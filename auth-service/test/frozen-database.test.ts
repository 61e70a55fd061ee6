import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { type AuthApp, goodPassword, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
const locks: Connection[] = [];
beforeAll(async () => {
  app = await startAuthApp({ poolSize: 10 });
});
afterEach(() => Promise.all(locks.splice(0).map((lock) => lock.end())));
afterAll(() => app.stop());

/** Whoever reads or writes the table waits, and no time limit of theirs ends it: as when the database stands still. */
async function freeze(table: string): Promise<Connection> {
  const { DB_HOST: host, DB_PORT: port, DB_NAME: database, DB_USER: user, ...rest } = app.database.settings;
  const lock = await createConnection({ host, port, database, user, password: rest.DB_PASSWORD });
  locks.push(lock);
  await lock.query(`LOCK TABLES ${table} WRITE`);
  return lock;
}

async function expectTooLate(path: string, body: object): Promise<void> {
  const startedAt = performance.now();
  const answer = await app.request.post(`/api/v1/auth${path}`).send(body).expect(503);
  expect(answer.body.code).toBe('unavailable');
  expect(answer.get('Retry-After')).toBe('1');
  expect(performance.now() - startedAt).toBeLessThan(5_500);
}

const email = 'somebody@example.org';
const credentials = { email, password: goodPassword };

test('what is counted for an address waits 5 s for a limit that cannot be read', async () => {
  await freeze('rate_limits');
  await Promise.all([
    expectTooLate('/login', credentials),
    expectTooLate('/register', credentials),
    expectTooLate('/verification', { channel: 'email' }),
    expectTooLate('/password/forgot', { email }),
    expectTooLate('/password/reset', { token: 'x', newPassword: goodPassword }),
  ]);
});

test('the wait for the limit is a part of the 5 s', async () => {
  const limits = await freeze('rate_limits');
  await freeze('users');
  const answer = expectTooLate('/login', credentials);
  await sleep(3_000);
  await limits.query('UNLOCK TABLES');
  await answer;
});
