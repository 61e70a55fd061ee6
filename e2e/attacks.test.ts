import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RowDataPacket } from 'mysql2/promise';
import { attackShop } from '../scripts/attack/attack-shop.ts';
import { families } from '../scripts/attack/families.ts';
import { lookInside } from '../scripts/attack/look-inside.ts';
import type { Result } from '../scripts/attack/run-attacks.ts';
import { searchDatabases, searchLogs } from '../scripts/attack/search-secrets.ts';
import { programs } from '../scripts/local/programs.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';

let stack: TestStack;
let results: Result[];

beforeAll(async () => {
  stack = await runStack();
  const { url, admin } = stack;
  const inside = await lookInside(stack);
  // npm run attack sends more, and measures the time of log-ins.
  results = await attackShop({ url, admin, inside, mutations: 300, seed: 'npm test', isShort: true });
});
afterAll(() => stack.remove());

it.each(families.map(({ name }) => name))('holds against attacks on %s', (name) => {
  const differing = results.filter(({ family, verdict }) => family === name && verdict === 'differs');
  expect(differing).toEqual([]);
});

it('tries on its own shop whatever is built', () => {
  expect(results.filter(({ verdict }) => verdict === 'not tried')).toEqual([]);
});

it('answers 300 mutations of the documented operations without an error of its own, and stays sound', () => {
  const ofMutations = results.filter(({ family }) => family === 'mutations');
  expect(ofMutations.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held', 'held']);
});

it('keeps what people have to keep secret out of its logs and databases', () => {
  expect(results.find(({ family }) => family === 'secrets')).toMatchObject({ got: 'none' });
});

it('would find a secret in a log and in a database', async () => {
  const { logs, connectAsRoot } = await lookInside(stack);
  const inLog = [{ what: 'a word of every log', value: '"message":"ready"' }];
  expect((await searchLogs(logs, inLog)).length).toBeGreaterThan(0);
  const root = await connectAsRoot();
  try {
    const inDatabase = [{ what: 'the address of the admin', value: stack.admin.email }];
    expect((await searchDatabases(root, inDatabase)).map(({ where }) => where)).toContain(
      'authDB.users.email',
    );
  } finally {
    await root.end();
  }
});

/** The right to connect, which is none to anything. */
const usage = 'GRANT USAGE ON *.* TO';
const rows = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const tables = [...rows, 'CREATE', 'DROP', 'REFERENCES', 'INDEX', 'ALTER'];

const users = Object.values(programs).flatMap(({ database, user, migrator }) => [
  [user, database, rows] as const,
  [migrator, database, tables] as const,
]);

it.each([...new Map(users.map((one) => [one[0], one])).values()])(
  '%s may do in %s what it needs, and nothing elsewhere',
  async (user, database, allowed) => {
    const root = await stack.database.connectAsRoot();
    try {
      const [granted] = await root.query<RowDataPacket[]>("SHOW GRANTS FOR ?@'%'", [user]);
      const texts = granted
        .map((row) => String(Object.values(row)[0]))
        .filter((text) => !text.startsWith(usage));
      expect(texts).toHaveLength(1);
      const [, rights = '', where] = /^GRANT (.+) ON `?(\w+)`?\.\* TO /.exec(texts[0] ?? '') ?? [];
      expect(where).toBe(database);
      expect(rights.split(', ').sort()).toEqual([...allowed].sort());
      expect(texts[0]).not.toContain('GRANT OPTION');
    } finally {
      await root.end();
    }
  },
);
