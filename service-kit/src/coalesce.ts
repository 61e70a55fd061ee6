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

interface CoalesceOptions<Item, Result> {
  /** Largest group, as the sum of the weights of its items. An item that weighs more forms a group by itself. */
  most: number;
  /** Weight of an item, 1 or more; 1 when left out. */
  weightOf?: (item: Item) => number;
  /** Works on a group as a whole; returns one outcome for each item, in their order. */
  work: (group: readonly Grouped<Item>[]) => Promise<readonly GroupOutcome<Result>[]>;
  /** Works on one item alone: when the group could not decide about it, or has failed as a whole. */
  alone: (item: Item) => Promise<Result>;
  /** Makes the error of an item that waited longer than `patienceMs` for its group: the item is not worked on. */
  late: () => Error;
  patienceMs: number;
}

/**
 * Works on one group at a time. Items that arrive meanwhile wait and form the next group, so a lone item waits for
 * nothing. There is no timer.
 *
 * When the work on a group throws, each item is worked on alone, so that an unforeseen fault of one item fails no other
 * one. While the database is unable, that would fail too: then every item gets the error.
 * @returns a function that takes one item and resolves with its own result
 */
export function coalesce<Item, Result>({
  most,
  weightOf = () => 1,
  work,
  alone,
  late,
  patienceMs,
}: CoalesceOptions<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isWorking = false;

  const workAlone = ({ item, context, settle }: Waiting<Item, Result>): void => {
    settle(runInContext(() => alone(item), context));
  };
  const settleGroup = (
    group: readonly Waiting<Item, Result>[],
    outcomes: readonly GroupOutcome<Result>[],
  ): void => {
    for (const [index, one] of group.entries()) {
      const outcome = outcomes[index] ?? 'alone';
      if (outcome === 'alone') workAlone(one);
      else if ('value' in outcome) one.settle(Promise.resolve(outcome.value));
      else one.settle(Promise.reject(outcome.error as Error));
    }
  };
  const workOn = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      settleGroup(group, await work(group));
    } catch (error) {
      if (isPassing(error)) settleGroup(group, group.map(() => ({ error })));
      else group.forEach(workAlone);
    }
  };

  const takeGroup = (): Waiting<Item, Result>[] => {
    const latest = performance.now() - patienceMs;
    const isLate = ({ arrivedAt }: { arrivedAt: number }): boolean => arrivedAt < latest;
    waiting.filter(isLate).forEach(({ settle }) => settle(Promise.reject(late())));
    const inTime = waiting.filter((one) => !isLate(one));
    let size = 0;
    for (let weight = 0; size < inTime.length; size += 1) {
      weight += weightOf((inTime[size] as Waiting<Item, Result>).item);
      if (weight > most && size > 0) break;
    }
    waiting = inTime.slice(size);
    return inTime.slice(0, size);
  };

  const loop = async (): Promise<void> => {
    isWorking = true;
    for (let group = takeGroup(); group.length > 0; group = takeGroup()) {
      // A group of several belongs to no single request: its log lines get an id of their own.
      const context = group.length === 1 ? group[0]?.context : undefined;
      await runInContext(() => workOn(group), context);
    }
    isWorking = false;
  };

  return (item) =>
    new Promise<Result>((settle) => {
      waiting.push({ item, context: currentContext(), arrivedAt: performance.now(), settle });
      if (!isWorking) void loop();
    });
}
