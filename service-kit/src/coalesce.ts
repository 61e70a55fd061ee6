import { isPassing } from './database.ts';
import { currentContext, type RequestContext, runInContext } from './request-context.ts';

/** An item of a group, with the context of the request that it came with. */
export interface Grouped<Item> {
  item: Item;
  context: RequestContext | undefined;
}

/** How one item of a group ended: with its result, with an error of its own, or to be worked on alone. */
export type GroupOutcome<Result> = { value: Result } | { error: unknown } | 'alone';

interface Waiting<Item, Result> extends Grouped<Item> {
  /** By performance.now(). */
  arrivedAt: number;
  settle: (result: Promise<Result>) => void;
}

interface GroupWork<Item, Result> {
  /** Works on a group as a whole; returns one outcome for each item, in their order. */
  work: (group: readonly Grouped<Item>[]) => Promise<readonly GroupOutcome<Result>[]>;
  /** Works on one item alone: when the group could not decide about it, or has failed as a whole. */
  alone: (item: Item) => Promise<Result>;
}

interface CoalesceOptions<Item, Result> extends GroupWork<Item, Result> {
  /** Largest group, as the sum of the weights of its items. An item that weighs more forms a group by itself. */
  most: number;
  /** Weight of an item, 1 or more; 1 when left out. */
  weightOf?: (item: Item) => number;
  /** Makes the error of an item that waited longer than `patienceMs` for its group: the item is not worked on. */
  late: () => Error;
  patienceMs: number;
}

async function refuseWith(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}

/** Works on a group, and settles each of its items. */
async function workOn<Item, Result>(
  { work, alone }: GroupWork<Item, Result>,
  group: readonly Waiting<Item, Result>[],
): Promise<void> {
  const workAlone = ({ item, context, settle }: Waiting<Item, Result>): void =>
    settle(runInContext(() => alone(item), context));
  const settleBy = (one: Waiting<Item, Result>, outcome: GroupOutcome<Result>): void => {
    if (outcome === 'alone') workAlone(one);
    else if ('value' in outcome) one.settle(Promise.resolve(outcome.value));
    else one.settle(refuseWith(outcome.error));
  };
  try {
    const outcomes = await work(group);
    group.forEach((one, index) => settleBy(one, outcomes[index] ?? 'alone'));
  } catch (error) {
    // While the database is unable, work on single items would fail too.
    if (isPassing(error)) group.forEach((one) => settleBy(one, { error }));
    else group.forEach(workAlone);
  }
}

/** Parts a queue in the next group and the rest. */
function takeGroup<Item, Result>(
  { most, weightOf = () => 1 }: CoalesceOptions<Item, Result>,
  queue: readonly Waiting<Item, Result>[],
): [group: Waiting<Item, Result>[], rest: Waiting<Item, Result>[]] {
  let weight = 0;
  const end = queue.findIndex(({ item }, index) => {
    weight += weightOf(item);
    return weight > most && index > 0;
  });
  return end < 0 ? [[...queue], []] : [queue.slice(0, end), queue.slice(end)];
}

/**
 * Works on one group at a time. Items that arrive meanwhile wait and form the next group, so a lone item waits for
 * nothing. There is no timer.
 *
 * When the work on a group throws, each item is worked on alone, so that an unforeseen fault of one item fails no other
 * one. While the database is unable, every item gets the error.
 * @returns a function that takes one item and resolves with its own result
 */
export function coalesce<Item, Result>(
  options: CoalesceOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const { late, patienceMs } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let isWorking = false;

  const next = (): Waiting<Item, Result>[] => {
    const latest = performance.now() - patienceMs;
    const [tooLate = [], inTime = []] = [true, false].map((isLate) =>
      waiting.filter(({ arrivedAt }) => arrivedAt < latest === isLate),
    );
    tooLate.forEach(({ settle }) => settle(Promise.reject(late())));
    const [group, rest] = takeGroup(options, inTime);
    waiting = rest;
    return group;
  };
  const loop = async (): Promise<void> => {
    isWorking = true;
    for (let group = next(); group.length > 0; group = next()) {
      // A group of several belongs to no single request: its log lines get an id of their own.
      const context = group.length === 1 ? group[0]?.context : undefined;
      await runInContext(() => workOn(options, group), context);
    }
    isWorking = false;
  };
  return (item) =>
    new Promise<Result>((settle) => {
      waiting.push({ item, context: currentContext(), arrivedAt: performance.now(), settle });
      if (!isWorking) void loop();
    });
}
