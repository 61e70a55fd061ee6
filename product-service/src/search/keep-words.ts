import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, isPassing } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { patiently } from '@tradepost/service-kit/patiently.ts';
import { fillWords } from './fill-words.ts';

const everyMs = 2_000;
/** Every hour all products are examined, those with an old `updated_at` too. */
const roundsBetweenAll = 1_800;

interface Dependencies {
  database: Database;
  logger: Logger;
}

/**
 * Keeps every product searchable, whatever writes it. Runs in every replica.
 * @returns after all products of now have their words: stop(), which waits for the round at work
 */
export async function keepWords({ database, logger }: Dependencies): Promise<{ stop: () => Promise<void> }> {
  const waiting = { what: 'the words of the products', logger, isPassing };
  let since: string | undefined = await patiently(() => fillWords(database), waiting);
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    for (let round = 1; !signal.aborted; round += 1) {
      const from = round % roundsBetweenAll === 0 ? undefined : since;
      since = await fillWords(database, from).catch((error: unknown) => {
        logger.warn('words of products could not be stored; trying again', { error });
        return since;
      });
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}
