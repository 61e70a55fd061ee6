import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { followRevocations } from '@tradepost/revocations/follow-revocations.ts';
import { noteRevocation, oldRevocations } from '@tradepost/revocations/note-revocation.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { createConnection } from 'mysql2/promise';
import { accountChanged } from '../../testing/revocable-tokens.ts';

let database: TestDatabase;
beforeAll(async () => {
  const migrations = path.join(import.meta.dirname, '../../product-service/migrations');
  database = await createTestDatabase(migrations, 4);
});
beforeEach(() => database.change('DELETE FROM token_revocations', {}));
afterAll(() => database.drop());

const note = (...events: ReturnType<typeof accountChanged>[]) =>
  database.transaction(async (tx) => {
    for (const event of events) await noteRevocation({ database }, tx, event);
  });

/** Longer than a snapshot is used without a new one. */
const untilStaleMs = 2_050;
/** Longer than the pause between two reads. */
const untilNextReadMs = 1_050;

/** The database, and how often it was read. */
function counted(): Pick<Database, 'select'> & { reads: number } {
  const counting = {
    reads: 0,
    select: <Row extends object>(sql: string): Promise<Row[]> => {
      counting.reads += 1;
      return database.select<Row>(sql);
    },
  };
  return counting;
}

describe('a revocation', () => {
  it('refuses tokens up to its second, and no later one, and none of another account', async () => {
    const accountId = randomUUID();
    await note(accountChanged({ accountId, sequence: 2, tokensValidAfter: 100 }));
    const isRevoked = followRevocations(database);
    expect(await isRevoked(accountId, 99)).toBe(true);
    expect(await isRevoked(accountId, 100)).toBe(true);
    expect(await isRevoked(accountId, 101)).toBe(false);
    expect(await isRevoked(randomUUID(), 0)).toBe(false);
  });

  it('is the latest of all, in whatever order their events come', async () => {
    const [accountId, deleted] = [randomUUID(), randomUUID()];
    await note(accountChanged({ accountId, sequence: 3, tokensValidAfter: 200 }));
    await note(accountChanged({ accountId, sequence: 2, tokensValidAfter: 100 }));
    await note(accountChanged({ accountId: deleted, sequence: 3 }));
    await note(accountChanged({ accountId: deleted, sequence: 2, tokensValidAfter: 100 }));
    const isRevoked = followRevocations(database);
    expect(await isRevoked(accountId, 200)).toBe(true);
    expect(await isRevoked(accountId, 201)).toBe(false);
    expect(await isRevoked(deleted, Date.now())).toBe(true);
  });

  it('does not come from a change that takes no right away', async () => {
    const event = accountChanged({ accountId: randomUUID(), sequence: 2, tokensValidAfter: 1 });
    await note({ ...event, data: { customerId: event.subject, changedFields: ['phone'] } });
    expect(await database.select('SELECT * FROM token_revocations')).toEqual([]);
  });

  it('is deleted when every token from before has expired', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    for (const accountId of [old, young])
      await note(accountChanged({ accountId, sequence: 2, tokensValidAfter: 100 }));
    await database.change(
      'UPDATE token_revocations SET noted_at = NOW(3) - INTERVAL 31 MINUTE WHERE account_id = :old',
      { old },
    );
    expect(await database.change(oldRevocations, {})).toBe(1);
    expect(await database.select('SELECT account_id AS id FROM token_revocations')).toEqual([{ id: young }]);
  });
});

describe('the snapshot', () => {
  it('is read once for many requests at once, and not at all while none comes', async () => {
    const counting = counted();
    const isRevoked = followRevocations(counting);
    const accountId = randomUUID();
    await Promise.all(Array.from({ length: 100 }, async () => isRevoked(accountId, 100)));
    expect(counting.reads).toBe(1);
    await note(accountChanged({ accountId, sequence: 2, tokensValidAfter: 100 }));
    await sleep(untilStaleMs);
    expect(counting.reads).toBe(1);
    // After the pause, the first request waits for the new snapshot.
    expect(await isRevoked(accountId, 100)).toBe(true);
    expect(counting.reads).toBe(2);
  });

  it('stays in use while the table cannot be read or does not answer, and delays requests once', async () => {
    const accountId = randomUUID();
    await note(accountChanged({ accountId, sequence: 2, tokensValidAfter: 100 }));
    const isRevoked = followRevocations(database);
    expect(await isRevoked(accountId, 100)).toBe(true);
    await database.change('RENAME TABLE token_revocations TO renamed', {});
    await sleep(untilStaleMs);
    expect(await isRevoked(accountId, 100)).toBe(true);
    await expect(async () => followRevocations(database)(accountId, 100)).rejects.toThrow('try again');
    await database.change('RENAME TABLE renamed TO token_revocations', {});

    const { DB_HOST: host, DB_PORT: port, DB_NAME: name, DB_USER: user, DB_PASSWORD } = database.settings;
    const lock = await createConnection({ host, port, database: name, user, password: DB_PASSWORD });
    await lock.query('LOCK TABLES token_revocations WRITE');
    await sleep(untilNextReadMs);
    const askedAt = performance.now();
    expect(await isRevoked(accountId, 100)).toBe(true);
    const firstMs = performance.now() - askedAt;
    expect(await isRevoked(accountId, 100)).toBe(true);
    expect(firstMs).toBeLessThan(1_500);
    expect(performance.now() - askedAt - firstMs).toBeLessThan(500);
    await lock.end();
  });
});
