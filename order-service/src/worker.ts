import path from 'node:path';
import { startListening } from '@tradepost/events/open-sinks.ts';
import { oldInboxRows } from '@tradepost/events/receive-events.ts';
import { oldRevocations } from '@tradepost/revocations/note-revocation.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { migrate } from '@tradepost/service-kit/migrate.ts';
import { oldKeys, purgeHourly } from '@tradepost/jobs/purge-hourly.ts';
import { runProcess } from '@tradepost/service-kit/server.ts';
import { connectClients } from './clients/connect-clients.ts';
import { readOrderConfig } from './config.ts';
import { relayFromWorker } from './connect-sinks.ts';
import { armCrashPoint } from './crash-point.ts';
import { listenedTopics } from './listened-topics.ts';
import { listenWith } from './listener.ts';
import { measureSteps } from './metrics.ts';
import { defineModels } from './models.ts';
import { resumeOrders } from './due-steps/resume-orders.ts';
import { clearWebhooks } from './webhook-sending/clear-webhooks.ts';
import { deliverWebhooks } from './webhook-sending/deliver-webhooks.ts';
import { endedDeliveries } from './webhook-deliveries/webhook-deliveries.queries.ts';

/** order-worker: the same image as order-service, without its API. It goes on with orders that nobody is at. */
const config = readOrderConfig();
const logger = createLogger('order-worker', config.LOG_LEVEL);
const database = openDatabase(config);
const metrics = createMetrics(database.pool);
defineModels(database.sequelize);
measureSteps(metrics, database);
armCrashPoint(config.CRASH_POINT);

await runProcess({ config, logger, metrics }, async () => {
  await migrate(path.join(import.meta.dirname, '../migrations'), config, logger);
  const clients = connectClients(config, { metrics, clock: database.clock });
  const inbox = { database, logger, listener: listenWith({ database }, config) };
  const relaying = await relayFromWorker(config, { ...inbox, metrics });
  const listening = await startListening(
    config,
    { groupId: 'order-service', topics: [...listenedTopics] },
    inbox,
  );
  const resuming = resumeOrders({ database, logger, ...clients });
  const delivering = deliverWebhooks({ database, logger, ...clients });
  const old = [...oldKeys, oldInboxRows, endedDeliveries, oldRevocations];
  const purging = purgeHourly({ database, logger }, old);
  const clearing = clearWebhooks({ database, logger });
  const loops = [purging, clearing, resuming, delivering, listening, relaying];
  return { ping: database.ping, closing: [...loops.map(({ stop }) => stop), database.close] };
});
