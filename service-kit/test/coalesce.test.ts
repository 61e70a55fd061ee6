import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { coalesce, type Grouped, type GroupOutcome } from '@tradepost/service-kit/coalesce.ts';
import { currentContext, runInContext } from '@tradepost/service-kit/request-context.ts';

const late = () => new Error('late');
const double = (group: readonly Grouped<number>[]): GroupOutcome<number>[] =>
  group.map(({ item }) => ({ value: item * 2 }));

/** A coalescer that notes the items of each group; a group takes 30 ms. */
function start(options: Partial<Parameters<typeof coalesce<number, number>>[0]> = {}) {
  const groups: number[][] = [];
  const alone: number[] = [];
  const add = coalesce<number, number>({
    most: 100,
    work: async (group) => {
      groups.push(group.map(({ item }) => item));
      await sleep(30);
      return double(group);
    },
    alone: async (item) => {
      alone.push(item);
      return Promise.resolve(item * 2);
    },
    late,
    patienceMs: 1_000,
    ...options,
  });
  return { add, groups, alone };
}

test('a lone item waits for no other one, and the items that arrive meanwhile form the next group', async () => {
  const { add, groups } = start();
  const results = await Promise.all([1, 2, 3, 4].map(add));
  expect(results).toEqual([2, 4, 6, 8]);
  expect(groups).toEqual([[1], [2, 3, 4]]);
  expect(await add(5)).toBe(10);
  expect(groups.at(-1)).toEqual([5]);
});

test('a group stays within its weight, and a heavier item forms a group by itself', async () => {
  const { add, groups } = start({ most: 10, weightOf: (item) => item });
  expect(await Promise.all([1, 4, 5, 6, 30, 2].map(add))).toEqual([2, 8, 10, 12, 60, 4]);
  expect(groups).toEqual([[1], [4, 5], [6], [30], [2]]);
});

test('an outcome belongs to its item: a result, an error, or work alone', async () => {
  const { add, alone } = start({
    work: async (group) =>
      Promise.resolve(
        group.map(({ item }): GroupOutcome<number> => {
          if (item === 2) return { error: new Error('two') };
          return item === 3 ? 'alone' : { value: item * 2 };
        }),
      ),
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map(add));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(alone).toEqual([3]);
});

test('when the work on a group throws, each item is worked on alone, and one fault fails one item', async () => {
  const { add, alone } = start({
    work: async () => Promise.reject(new Error('unforeseen')),
    alone: async (item) => {
      alone.push(item);
      return item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item * 2);
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));
  expect(alone.toSorted()).toEqual([1, 2, 3]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  // The next group is worked on as before.
  expect(await add(4)).toBe(8);
});

test('while the database is unable, every item gets the error at once', async () => {
  const lost = Object.assign(new Error('connection lost'), { fatal: true });
  const { add, alone } = start({ work: async () => Promise.reject(lost) });
  const results = await Promise.allSettled([1, 2, 3].map(add));
  expect(results.map((one) => (one as PromiseRejectedResult).reason as unknown)).toEqual([lost, lost, lost]);
  expect(alone).toEqual([]);
});

test('an item that waited too long is refused, and not worked on', async () => {
  const { add, groups } = start({ patienceMs: 10 });
  const [first, second] = await Promise.allSettled([add(1), add(2)]);
  expect(first).toMatchObject({ status: 'fulfilled', value: 2 });
  expect(second).toMatchObject({ status: 'rejected', reason: { message: 'late' } });
  expect(groups).toEqual([[1]]);
});

test('each item keeps the context of its request; a group of one works in it', async () => {
  const seen: (string | undefined)[] = [];
  const { add } = start({
    work: async (group) => {
      seen.push(...group.map(({ context }) => context?.requestId));
      if (group.length === 1) seen.push(currentContext()?.requestId);
      await sleep(10);
      return double(group);
    },
  });
  await Promise.all(['a', 'b', 'c'].map((requestId) => runInContext(() => add(1), { requestId })));
  expect(seen).toEqual(['a', 'a', 'b', 'c']);
});
