import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { databaseUsers } from '../src/database-users.ts';
import { openAccounts } from '../src/open-accounts.ts';
import { randomPassword } from '../src/random-password.ts';

// The private server of the tests; its users of these names belong to this file alone.
const { TEST_DB_HOST, TEST_DB_PORT, TEST_DB_USER, TEST_DB_PASSWORD } = process.env;
const server = { host: TEST_DB_HOST ?? '127.0.0.1', port: Number(TEST_DB_PORT) };
const administrator = { server, user: TEST_DB_USER ?? '', password: TEST_DB_PASSWORD ?? '' };
const makePasswords = () => Object.fromEntries(databaseUsers.map((user) => [user, randomPassword()]));

let root: Connection;
let isMariaDb: boolean;

beforeAll(async () => {
  root = await createConnection({ ...server, user: administrator.user, password: administrator.password });
  const [rows] = await root.query<RowDataPacket[]>('SELECT VERSION() AS version');
  isMariaDb = String(rows[0]?.version).includes('MariaDB');
  await dropUsers();
});
afterAll(async () => {
  await dropUsers();
  await root.end();
});

async function dropUsers(): Promise<void> {
  for (const user of databaseUsers) await root.query("DROP USER IF EXISTS ?@'%'", [user]);
}

async function logIn(user: string, password: string): Promise<string> {
  try {
    await (await createConnection({ ...server, user, password })).end();
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('opens each account it has a password for, and leaves the others locked', async () => {
  const { auth_service: password = '' } = makePasswords();
  expect(await openAccounts(administrator, { auth_service: password })).toEqual(['auth_service']);
  expect(await logIn('auth_service', password)).toBe('in');
  expect(await logIn('order_service', '')).not.toBe('in');
});

test('changes nothing that is right already', async () => {
  const passwords = makePasswords();
  expect(await openAccounts(administrator, passwords)).toEqual([...databaseUsers]);
  expect(await openAccounts(administrator, passwords)).toEqual([]);
});

test('a new password works at once, and on MySQL the old one goes on, so that nobody is cut off', async () => {
  const [old, next] = [makePasswords(), makePasswords()];
  await openAccounts(administrator, old);
  // Several pods start at once; only the first may make the old password the second one.
  const changed = await Promise.all([1, 2, 3].map(() => openAccounts(administrator, next)));
  expect(changed.flat().sort()).toEqual([...databaseUsers].sort());
  for (const user of databaseUsers) {
    expect(await logIn(user, next[user] ?? '')).toBe('in');
    expect(await logIn(user, old[user] ?? '')).toBe(isMariaDb ? 'ER_ACCESS_DENIED_ERROR' : 'in');
  }
});

test('a password with quotes and backslashes is taken as it is', async () => {
  const password = `'); DROP -- "\\`;
  await openAccounts(administrator, { auth_service: password });
  expect(await logIn('auth_service', password)).toBe('in');
});
