import { randomUUID } from 'node:crypto';
import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { WebhookClient } from '../clients/webhook-client.ts';
import { type DueDelivery, noteOutcome } from './note-outcome.ts';
import { signatureHeaders } from './signature.ts';

interface DeliveryDependencies {
  database: Database;
  webhooks: WebhookClient;
  logger: Logger;
}

const pollMs = 200;
/** How many receivers one worker waits for at a time. */
const places = 20;
/** Longer than a receiver may take. */
const leaseSeconds = 30;

/**
 * Takes deliveries that are due, of each webhook and partition key only the first that is still to be made: so a receiver
 * gets the events of one key in their order.
 */
async function claimDue(database: Database, limit: number): Promise<DueDelivery[]> {
  const candidates = await database.select<{ position: number }>(
    `SELECT position FROM webhook_deliveries
       JOIN (SELECT MIN(position) AS position FROM webhook_deliveries WHERE status = 'pending'
              GROUP BY webhook_id, partition_key) AS first USING (position)
      WHERE due_at <= NOW(3) ORDER BY due_at LIMIT :limit`,
    { limit },
  );
  if (candidates.length === 0) return [];
  const [claim, positions] = [randomUUID(), candidates.map(({ position }) => position)];
  // Another worker may have seen the same ones; whoever changes the row has it.
  await database.transaction((tx) =>
    database.change(
      `UPDATE webhook_deliveries SET claimed_by = :claim, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE position IN (:positions) AND status = 'pending' AND due_at <= NOW(3)`,
      { claim, leaseSeconds, positions },
      tx,
    ),
  );
  return database.select<DueDelivery>(
    `SELECT delivery.id, webhook_id AS webhookId, event_id AS eventId, event, attempts, url, secret,
            IF(old_until > NOW(3), old_secret, NULL) AS oldSecret, NOW(3) AS sentAt
       FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = webhook_id
      WHERE claimed_by = :claim AND delivery.status = 'pending'`,
    { claim },
  );
}

/** Sends one, and tells what the receiver said; that it says nothing is an outcome, too. */
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

/** Sends to outsiders what is queued for them. Runs in every worker. */
export function deliverWebhooks({ database, webhooks, logger }: DeliveryDependencies): {
  stop: () => Promise<void>;
} {
  return workDue<DueDelivery>(logger, {
    what: 'deliveries',
    places,
    pollMs,
    claim: (limit) => claimDue(database, limit),
    work: async (delivery) => {
      const outcome = await send(webhooks, delivery);
      await noteOutcome({ database, logger }, { delivery, ...outcome });
    },
  });
}
