import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { awaitReady } from '../helpers/await-ready.ts';
import { runStack, type TestStack } from '../helpers/run-stack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await runStack({ replicas: 3 });
});
afterAll(() => stack.remove());

const databases = {
  authDB: 'auth-service',
  productsDB: 'product-service',
  ordersDB: 'order-service',
  paymentsDB: 'payment-simulator',
};

const countFiles = (folder: string): number =>
  readdirSync(path.join(import.meta.dirname, '../..', folder, 'migrations')).length;

async function emptyDatabases(root: Connection): Promise<void> {
  for (const name of Object.keys(databases)) {
    await root.query(`DROP DATABASE ${name}`);
    await root.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }
}

async function count(root: Connection, sql: string): Promise<number> {
  const [rows] = await root.query<RowDataPacket[]>(sql);
  return Number(rows[0]?.count);
}

it('starts three replicas of each service at once on empty databases, five times', async () => {
  const root = await stack.database.connectAsRoot();
  const replicas = Object.values(stack.processes).flat();
  try {
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await emptyDatabases(root);
      replicas.forEach((replica) => replica.start());
      await Promise.all(replicas.map(awaitReady));
      for (const [name, folder] of Object.entries(databases)) {
        const applied = `SELECT COUNT(*) AS count FROM ${name}.schema_migrations WHERE applied_at IS NOT NULL`;
        expect([name, await count(root, applied)]).toEqual([name, countFiles(folder)]);
      }
      expect(await count(root, 'SELECT COUNT(*) AS count FROM authDB.signing_keys')).toBe(1);
      expect(await count(root, 'SELECT COUNT(*) AS count FROM authDB.users')).toBe(1);
    }
    expect(replicas.map(({ deaths }) => deaths)).toEqual(replicas.map(() => 0));
  } finally {
    await root.end();
  }
}, 300_000);
