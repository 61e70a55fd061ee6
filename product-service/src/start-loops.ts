import { startListening } from '@tradepost/events/open-sinks.ts';
import { oldInboxRows } from '@tradepost/events/receive-events.ts';
import { oldRevocations } from '@tradepost/revocations/note-revocation.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { oldKeys, purgeHourly } from '@tradepost/jobs/purge-hourly.ts';
import { createOrderClient } from './clients/order-client.ts';
import type { Config } from './config.ts';
import { reviewHolds } from './hold-reviews/review-holds.ts';
import { listenedTopics, listenWith } from './listener.ts';
import { keepWords } from './search/keep-words.ts';

/**
 * Starts the loops of a replica: it asks about holds, listens to Kafka, deletes old rows, stores missing words.
 * @returns after all products have their words: how to stop each
 */
export async function startLoops(
  config: Config,
  { database, logger }: { database: Database; logger: Logger },
): Promise<(() => unknown)[]> {
  const words = await keepWords({ database, logger });
  const inbox = { database, logger, listener: listenWith({ database }) };
  const listening = await startListening(
    config,
    { groupId: 'product-service', topics: listenedTopics },
    inbox,
  );
  return [
    purgeHourly({ database, logger }, [...oldKeys, oldInboxRows, oldRevocations]).stop,
    listening.stop,
    words.stop,
    reviewHolds({ database, orders: createOrderClient(config, database.clock), logger }).stop,
  ];
}
