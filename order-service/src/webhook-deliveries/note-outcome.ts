import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Transaction } from 'sequelize';

export interface DueDelivery {
  id: string;
  webhookId: string;
  eventId: string;
  /** The CloudEvent, as it is sent and signed. */
  event: string;
  attempts: number;
  url: string;
  secret: string;
  oldSecret: string | null;
  sentAt: Date;
}

interface Outcome {
  delivery: DueDelivery;
  status?: number;
  error?: string;
}

const firstPauseSeconds = 5;
const longestPauseSeconds = 86_400;
/** A receiver that has failed for so long, and never succeeded meanwhile, gets nothing more. */
const disabledAfterHours = 120;
const gone = 410;

/** 5 s, 20 s, 80 s and so on up to a day, each with a fifth more or less, so that not everybody comes at once. */
const pauseAfter = (attempts: number): number =>
  Math.min(firstPauseSeconds * 4 ** (attempts - 1), longestPauseSeconds) * (0.8 + Math.random() * 0.4);

const isSuccess = (status: number | undefined): boolean =>
  status !== undefined && status >= 200 && status < 300;

async function noteSuccess(
  database: Database,
  tx: Transaction,
  { delivery, status }: Outcome,
): Promise<void> {
  const { id, webhookId } = delivery;
  await database.change(
    `UPDATE webhook_deliveries
        SET status = 'delivered', attempts = attempts + 1, last_status = :status, last_error = NULL, ended_at = NOW(3)
      WHERE id = :id AND status = 'pending'`,
    { id, status },
    tx,
  );
  await database.change(
    'UPDATE webhooks SET failing_since = NULL WHERE id = :webhookId AND failing_since IS NOT NULL',
    { webhookId },
    tx,
  );
}

async function noteFailure(
  database: Database,
  tx: Transaction,
  { delivery: { id, webhookId, attempts }, status, error }: Outcome,
): Promise<boolean> {
  const inSeconds = Math.round(pauseAfter(attempts + 1));
  const reason = (error ?? `answered ${status}`).slice(0, 500);
  await database.change(
    `UPDATE webhook_deliveries
        SET attempts = attempts + 1, claimed_by = NULL, due_at = NOW(3) + INTERVAL :inSeconds SECOND,
            last_status = :status, last_error = :reason
      WHERE id = :id AND status = 'pending'`,
    { id, inSeconds, status: status ?? null, reason },
    tx,
  );
  await database.change(
    'UPDATE webhooks SET failing_since = NOW(3) WHERE id = :webhookId AND failing_since IS NULL',
    { webhookId },
    tx,
  );
  const disabled = await database.change(
    `UPDATE webhooks SET disabled_at = NOW(3)
      WHERE id = :webhookId AND disabled_at IS NULL
        AND (:isGone OR failing_since < NOW(3) - INTERVAL :disabledAfterHours HOUR)`,
    { webhookId, isGone: status === gone, disabledAfterHours },
    tx,
  );
  if (disabled > 0) await endAll(database, tx, webhookId);
  return disabled > 0;
}

/** What waits for a webhook that is disabled comes to nothing; an admin may redeliver it. */
async function endAll(database: Database, tx: Transaction, webhookId: string): Promise<void> {
  await database.change(
    `UPDATE webhook_deliveries SET status = 'failed', ended_at = NOW(3)
      WHERE webhook_id = :webhookId AND status = 'pending'`,
    { webhookId },
    tx,
  );
}

/** Notes what a receiver said: delivered, or again after a pause that grows up to a day; one that never says yes is disabled. */
export async function noteOutcome(
  { database, logger }: { database: Database; logger: Logger },
  outcome: Outcome,
): Promise<void> {
  const { webhookId, url } = outcome.delivery;
  const disabled = await database.transaction(async (tx) => {
    if (!isSuccess(outcome.status)) return noteFailure(database, tx, outcome);
    await noteSuccess(database, tx, outcome);
    return false;
  });
  if (disabled)
    logger.warn('a webhook is disabled: it has failed for too long, or is gone', { webhookId, url });
}
