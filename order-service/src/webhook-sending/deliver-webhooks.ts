import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { WebhookClient } from '../clients/webhook-client.ts';
import { claimDeliveries, type DueDelivery } from './claim-deliveries.ts';
import { noteOutcome } from './note-outcome.ts';
import { signatureHeaders } from './signature.ts';

interface DeliveryDependencies {
  database: Database;
  webhooks: WebhookClient;
  logger: Logger;
}

const pollMs = 200;
/** How many deliveries one worker waits for at a time. A place costs a connection and the event in memory. */
const places = 300;
/** How many of these may wait for one receiver. */
const placesEach = 10;

/** Sends one delivery. No answer is an outcome, too. */
async function send(
  webhooks: WebhookClient,
  delivery: DueDelivery,
): Promise<{ status?: number; error?: string }> {
  const { eventId, url, event, secret, oldSecret, sentAt } = delivery;
  const secrets = oldSecret === null ? [secret] : [secret, oldSecret];
  const headers = {
    'Content-Type': 'application/cloudevents+json; charset=UTF-8',
    'User-Agent': 'Tradepost',
    ...signatureHeaders(secrets, { id: eventId, sentAt, body: event }),
  };
  try {
    return { status: await webhooks.post(url, event, headers) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends what is queued for webhooks. Runs in every worker. */
export function deliverWebhooks({ database, webhooks, logger }: DeliveryDependencies): {
  stop: () => Promise<void>;
} {
  return workDue<DueDelivery>(logger, {
    what: 'deliveries',
    places,
    placesEach,
    counterpartOf: ({ webhookId }) => webhookId,
    pollMs,
    claim: (limit, freeFor, takenBy) => claimDeliveries(database, { limit, freeFor, takenBy }),
    work: async (delivery) => {
      const outcome = await send(webhooks, delivery);
      await noteOutcome({ database, logger }, { delivery, ...outcome });
      return { answered: outcome.status !== undefined };
    },
  });
}
