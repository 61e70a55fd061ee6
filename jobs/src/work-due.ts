import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';

/** Work that waits in a table until it is due. */
interface DueWork<T> {
  /** What it is, as the log calls many of it. */
  what: string;
  /** How much of it one replica does at a time; slow work keeps none but its own place. */
  places: number;
  /** How long to wait before looking again when nothing was due, in milliseconds. */
  pollMs: number;
  /** Takes what is due, at most so much, with a lease: until that ends, by the database's clock, no other replica takes it. */
  claim: (limit: number) => Promise<T[]>;
  /** Does one. After a failure that it does not note itself, the lease ends and somebody takes it again. */
  work: (item: T) => Promise<unknown>;
}

/**
 * Works on what is due. Runs in every replica.
 * @returns stop(), which takes no more and waits for what is at work
 */
export function workDue<T>(
  logger: Logger,
  { what, places, pollMs, claim, work }: DueWork<T>,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const atWork = new Set<Promise<unknown>>();

  const start = (item: T): void => {
    const working: Promise<unknown> = runInContext(() => work(item))
      .catch((error: unknown) =>
        logger.warn(`one of the due ${what} failed; it is taken again when its lease ends`, { error }),
      )
      .finally(() => atWork.delete(working));
    atWork.add(working);
  };
  const round = async (): Promise<unknown> => {
    const due = await claim(places - atWork.size).catch((error: unknown) => {
      logger.warn(`due ${what} could not be claimed; trying again`, { error });
      return [];
    });
    due.forEach(start);
    if (atWork.size >= places) return Promise.race(atWork);
    const pause = sleep(pollMs, undefined, { signal }).catch(() => undefined);
    // What is done may have made the next one due.
    return Promise.race(due.length > 0 ? [...atWork, pause] : [pause]);
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) await round();
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
      await Promise.all(atWork);
    },
  };
}
