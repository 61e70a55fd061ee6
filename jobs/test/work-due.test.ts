import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { workDue } from '../src/work-due.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(undefined, 10);
  await database.change(
    `CREATE TABLE chores (
       id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, claimed_by CHAR(36) NULL, is_done BOOLEAN NOT NULL DEFAULT FALSE,
       due_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), KEY (due_at), KEY (claimed_by))`,
    {},
  );
});
beforeEach(() => database.change('DELETE FROM chores', {}));
afterAll(() => database.drop());

const leaseSeconds = 1;

async function add(count: number): Promise<void> {
  const values = Array.from({ length: count }, () => '()').join(', ');
  await database.change(`INSERT INTO chores () VALUES ${values}`, {});
}

async function claim(limit: number): Promise<number[]> {
  const claimed = randomUUID();
  await database.transaction((tx) =>
    database.change(
      `UPDATE chores SET claimed_by = :claimed, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE NOT is_done AND due_at <= NOW(3) ORDER BY due_at LIMIT :limit`,
      { claimed, leaseSeconds, limit },
      tx,
    ),
  );
  const rows = await database.select<{ id: number }>('SELECT id FROM chores WHERE claimed_by = :claimed', {
    claimed,
  });
  return rows.map(({ id }) => Number(id));
}

const finish = (id: number): Promise<number> =>
  database.change('UPDATE chores SET is_done = TRUE, claimed_by = NULL WHERE id = :id', { id });

async function countLeft(): Promise<number> {
  const [row] = await database.select<{ count: number }>(
    'SELECT COUNT(*) AS count FROM chores WHERE NOT is_done',
    {},
  );
  return Number(row?.count);
}

async function untilDone(withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while ((await countLeft()) > 0) {
    if (performance.now() > giveUpAt)
      throw new Error(`${await countLeft()} are not done after ${withinMs} ms`);
    await sleep(20);
  }
}

const chores = { what: 'chores', places: 4, pollMs: 50, claim };

test('three replicas at once do each chore once', async () => {
  await add(200);
  const done: number[] = [];
  const work = async (id: number): Promise<void> => {
    done.push(id);
    await finish(id);
  };
  const replicas = [1, 2, 3].map(() => workDue(silentLogger, { ...chores, work }));
  await untilDone(10_000);
  await Promise.all(replicas.map(({ stop }) => stop()));
  expect(new Set(done).size).toBe(200);
  expect(done).toHaveLength(200);
});

test('no more are at work than there are places, and a slow one keeps none but its own', async () => {
  await add(12);
  let [atWork, most, first] = [0, 0, true];
  const work = async (id: number): Promise<void> => {
    most = Math.max(most, ++atWork);
    const isSlow = first;
    first = false;
    await sleep(isSlow ? 600 : 20);
    atWork--;
    await finish(id);
  };
  const startedAt = performance.now();
  const { stop } = workDue(silentLogger, { ...chores, work });
  while ((await countLeft()) > 1) await sleep(10);
  const othersMs = performance.now() - startedAt;
  await stop();
  expect(most).toBe(4);
  expect(othersMs).toBeLessThan(600);
  expect(await countLeft()).toBe(0);
});

test('a chore that failed is done again when its lease ends, and the others at once', async () => {
  await add(3);
  const said: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void said.push(message) };
  const tries = new Map<number, number>();
  const work = async (id: number): Promise<void> => {
    const times = (tries.get(id) ?? 0) + 1;
    tries.set(id, times);
    if (times === 1 && tries.size === 1) throw new Error('out of soap');
    await finish(id);
  };
  const { stop } = workDue(logger, { ...chores, work });
  await untilDone(5_000);
  await stop();
  expect([...tries.values()].sort()).toEqual([1, 1, 2]);
  expect(said).toEqual(['one of the due chores failed; it is claimed again when its lease ends']);
});

test('a database that is away for a moment stops nothing', async () => {
  await add(1);
  let isAway = true;
  const claimLater = (limit: number): Promise<number[]> =>
    isAway ? Promise.reject(new Error('gone away')) : claim(limit);
  const said: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void said.push(message) };
  const { stop } = workDue(logger, { ...chores, claim: claimLater, work: finish });
  await sleep(200);
  isAway = false;
  await untilDone(2_000);
  await stop();
  expect(new Set(said)).toEqual(new Set(['due chores could not be claimed; trying again']));
});

test('stop() waits for what is at work, and takes nothing more', async () => {
  await add(8);
  let started = 0;
  const work = async (id: number): Promise<void> => {
    started++;
    await sleep(200);
    await finish(id);
  };
  const { stop } = workDue(silentLogger, { ...chores, work });
  while (started < 4) await sleep(5);
  await stop();
  expect(started).toBe(4);
  expect(await countLeft()).toBe(4);
});

test('a counterpart that gives no answer gets fewer places until it answers, and delays no other counterpart', async () => {
  await add(60);
  const hangs = (id: number): boolean => id % 2 === 1;
  let isSilent = true;
  const mostSilent: number[] = [];
  let [silentAtWork, healthyDone] = [0, 0];
  const work = async (id: number): Promise<{ answered: boolean }> => {
    if (!hangs(id)) {
      await finish(id);
      healthyDone += 1;
      return { answered: true };
    }
    mostSilent.push(++silentAtWork);
    if (isSilent) await sleep(300);
    silentAtWork -= 1;
    await finish(id);
    return { answered: !isSilent };
  };
  let mostTaken = 0;
  type OfCounterpart = (name: string) => number;
  const claimShared = async (
    limit: number,
    freeFor: OfCounterpart,
    takenBy: OfCounterpart,
  ): Promise<number[]> => {
    mostTaken = Math.max(mostTaken, takenBy('hangs'));
    const rows = await database.select<{ id: number }>(
      'SELECT id FROM chores WHERE NOT is_done AND due_at <= NOW(3) ORDER BY id',
    );
    const ids = rows.map(({ id }) => Number(id));
    const odd = ids.filter(hangs).slice(0, freeFor('hangs'));
    const even = ids.filter((id) => !hangs(id)).slice(0, freeFor('answers'));
    const chosen = [...odd, ...even].slice(0, limit);
    if (chosen.length > 0)
      await database.change('UPDATE chores SET due_at = NOW(3) + INTERVAL 60 SECOND WHERE id IN (:chosen)', {
        chosen,
      });
    return chosen;
  };
  const startedAt = performance.now();
  const { stop } = workDue(silentLogger, {
    ...chores,
    places: 8,
    placesEach: 4,
    counterpartOf: (id) => (hangs(id) ? 'hangs' : 'answers'),
    claim: claimShared,
    work,
  });
  while (healthyDone < 30) await sleep(5);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  // 4 places, then 2, then 1: the last of these waits alone.
  while (mostSilent.length < 9) await sleep(10);
  expect(Math.max(...mostSilent)).toBe(4);
  expect(mostTaken).toBe(4);
  expect(mostSilent.at(-1)).toBe(1);
  isSilent = false;
  await untilDone(10_000);
  await stop();
});

test('a counterpart that refuses at once is not tried again and again without a pause', async () => {
  await add(100);
  let tries = 0;
  const work = async (id: number): Promise<{ answered: boolean }> => {
    tries += 1;
    await finish(id);
    return { answered: false };
  };
  const claimFree = (limit: number, freeFor: (name: string) => number): Promise<number[]> =>
    freeFor('shop') > 0 ? claim(Math.min(limit, freeFor('shop'))) : Promise.resolve([]);
  const shared = { ...chores, pollMs: 100, counterpartOf: () => 'shop', claim: claimFree };
  const { stop } = workDue(silentLogger, { ...shared, work });
  while (tries < 8) await sleep(5);
  const startedAt = performance.now();
  const before = tries;
  while (tries < before + 5) await sleep(5);
  // One place by now, and one try in each pause.
  expect(performance.now() - startedAt).toBeGreaterThan(350);
  await stop();
});

test('a finished item lets the next one be claimed at once, also when the last look found none', async () => {
  await add(1);
  const startedAt: number[] = [];
  let addedAt = 0;
  const work = async (id: number): Promise<void> => {
    startedAt.push(performance.now());
    if (startedAt.length === 1) {
      await sleep(650);
      addedAt = performance.now();
      await add(1);
    }
    await finish(id);
  };
  // Looks at 0 and at 600 ms; the next one would be at 1,200 ms.
  const { stop } = workDue(silentLogger, { ...chores, pollMs: 600, work });
  await untilDone(4_000);
  await stop();
  expect(startedAt[1]! - addedAt).toBeLessThan(400);
});
