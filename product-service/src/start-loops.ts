import { startListening } from '@tradepost/events/open-sinks.ts';
import { oldInboxRows } from '@tradepost/events/receive-events.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { oldKeys, purgeHourly } from '@tradepost/jobs/purge-hourly.ts';
import { createOrderClient } from './clients/order-client.ts';
import type { Config } from './config.ts';
import { reviewHolds } from './hold-reviews/review-holds.ts';
import { listenedTopics, listenWith } from './listener.ts';

/**
 * Starts what a replica does beside answering: it asks about holds, listens to Kafka, deletes what is old.
 * @returns how to stop each
 */
export async function startLoops(
  config: Config,
  { database, logger }: { database: Database; logger: Logger },
): Promise<(() => unknown)[]> {
  const inbox = { database, logger, listener: listenWith({ database }) };
  const listening = await startListening(
    config,
    { groupId: 'product-service', topics: listenedTopics },
    inbox,
  );
  return [
    purgeHourly({ database, logger }, [oldKeys, oldInboxRows]).stop,
    listening.stop,
    reviewHolds({ database, orders: createOrderClient(config, database.clock), logger }).stop,
  ];
}
