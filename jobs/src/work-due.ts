import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import { shareAmongCounterparts } from './counterpart-places.ts';

/** Work that waits in a table until it is due. */
interface DueWork<T> {
  /** Plural name of the work in log lines. */
  what: string;
  /** How many items one replica works on at a time. */
  places: number;
  /** How many of these may wait for the same counterpart, for all or by its name; `places` when left out. */
  placesEach?: number | ((counterpart: string) => number);
  /** Names the counterpart that an item waits for. Without it all items share one. */
  counterpartOf?: (item: T) => string;
  /** Pause in milliseconds before the next look when nothing was due. */
  pollMs: number;
  /**
   * Claims due items with a lease. Until the lease ends by the database's clock, no other replica claims them.
   * @param limit how many items at most
   * @param freeFor how many items of one counterpart at most; 0 for a counterpart whose places are taken
   * @param takenBy how many items wait for one counterpart now
   */
  claim: (
    limit: number,
    freeFor: (counterpart: string) => number,
    takenBy: (counterpart: string) => number,
  ) => Promise<T[]>;
  /**
   * Works on one item. An item that throws is claimed again when its lease ends.
   * @returns whether the counterpart answered, whatever it said; anything else counts as an answer
   */
  work: (item: T) => Promise<unknown>;
}

const theOnlyOne = '';

function gaveNoAnswer(outcome: unknown): boolean {
  return (outcome as { answered?: boolean } | undefined)?.answered === false;
}

interface Pause {
  wake: () => void;
  /**
   * Begins a pause, which a call of wake() ends from now on.
   * @returns waits for the end of the pause, at most so many milliseconds, or for as long as it takes
   */
  begin: () => (mostMs: number | undefined) => Promise<void>;
}

function createPause(): Pause {
  let end = (): void => undefined;
  return {
    wake: () => end(),
    begin() {
      const ended = new Promise<void>((resolve) => (end = resolve));
      return async (mostMs) => {
        const timer = mostMs === undefined ? undefined : setTimeout(end, mostMs);
        await ended;
        clearTimeout(timer);
      };
    },
  };
}

/** Works on items in the places of their counterparts. */
function shareWork<T>(logger: Logger, due: DueWork<T>, signal: AbortSignal) {
  const { what, places, placesEach = places, counterpartOf = () => theOnlyOne, pollMs, work } = due;
  const counterparts = shareAmongCounterparts(typeof placesEach === 'number' ? () => placesEach : placesEach);
  return {
    free: counterparts.free,
    taken: counterparts.taken,
    workOn: async (item: T): Promise<void> => {
      const counterpart = counterpartOf(item);
      counterparts.take(counterpart);
      const outcome = await runInContext(() => work(item)).catch((error: unknown) => {
        logger.warn(`one of the due ${what} failed; it is claimed again when its lease ends`, { error });
      });
      const answered = !gaveNoAnswer(outcome);
      // A counterpart that refuses at once would get one vain try after the other, at the cost of a whole core.
      if (!answered) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      counterparts.giveBack(counterpart, { answered });
    },
  };
}

/**
 * Works on what is due. Runs in every replica.
 * @returns stop(), which claims nothing more and waits for the items at work
 */
export function workDue<T>(logger: Logger, due: DueWork<T>): { stop: () => Promise<void> } {
  const { what, places, pollMs, claim } = due;
  const stopping = new AbortController();
  const { signal } = stopping;
  const atWork = new Set<Promise<unknown>>();
  const { free, taken, workOn } = shareWork(logger, due, signal);
  const pause = createPause();

  const start = (item: T): void => {
    const working: Promise<unknown> = workOn(item).finally(() => {
      atWork.delete(working);
      pause.wake();
    });
    atWork.add(working);
  };
  const round = async (): Promise<void> => {
    // A finished item frees a place, and may make another one due. One that finishes during the claim counts, too.
    const untilFinished = pause.begin();
    const claimed = await claim(places - atWork.size, free, taken).catch((error: unknown) => {
      logger.warn(`due ${what} could not be claimed; trying again`, { error });
      return [];
    });
    claimed.forEach(start);
    await untilFinished(atWork.size < places ? pollMs : undefined);
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) await round();
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      pause.wake();
      await looping;
      await Promise.all(atWork);
    },
  };
}
