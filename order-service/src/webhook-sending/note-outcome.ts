import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Transaction } from 'sequelize';
import { never } from '../webhook-deliveries/next-at.ts';
import type { DueDelivery } from './claim-deliveries.ts';
import { noteAnswer } from './note-answer.ts';
import { wakeNext } from './wake-next.ts';

interface Outcome {
  delivery: DueDelivery;
  status?: number;
  error?: string;
}

const firstPauseSeconds = 5;
const longestPauseSeconds = 86_400;
/** A receiver that has failed for so long, without a success, gets nothing more. */
const disabledAfterHours = 120;
const gone = 410;

/** 5 s, 20 s, 80 s and so on up to a day, each with a fifth more or less, so that retries do not come all at once. */
const pauseAfter = (attempts: number): number =>
  Math.min(firstPauseSeconds * 4 ** (attempts - 1), longestPauseSeconds) * (0.8 + Math.random() * 0.4);

const isSuccess = (status: number | undefined): boolean =>
  status !== undefined && status >= 200 && status < 300;

async function endDelivery(
  database: Database,
  tx: Transaction,
  { delivery, status }: Outcome,
): Promise<void> {
  await database.change(
    `UPDATE webhook_deliveries
        SET status = 'delivered', attempts = attempts + 1, last_status = :status, last_error = NULL, ended_at = NOW(3),
            next_at = :never
      WHERE id = :id AND status = 'pending'`,
    { id: delivery.id, status, never },
    tx,
  );
  await wakeNext(database, tx, delivery);
}

async function putOff(
  database: Database,
  tx: Transaction,
  { delivery: { id, attempts }, status, error }: Outcome,
): Promise<void> {
  const inSeconds = Math.round(pauseAfter(attempts + 1));
  const reason = (error ?? `answered ${status}`).slice(0, 500);
  await database.change(
    `UPDATE webhook_deliveries
        SET attempts = attempts + 1, claimed_by = NULL, last_status = :status, last_error = :reason,
            due_at = NOW(3) + INTERVAL :inSeconds SECOND, next_at = NOW(3) + INTERVAL :inSeconds SECOND
      WHERE id = :id AND status = 'pending'`,
    { id, inSeconds, status: status ?? null, reason },
    tx,
  );
}

/** Disables a webhook that has failed for too long or is gone. What waits for it ends in the background. */
async function disableHopeless(
  database: Database,
  tx: Transaction,
  { delivery: { webhookId }, status }: Outcome,
): Promise<boolean> {
  const disabled = await database.change(
    `UPDATE webhooks SET disabled_at = NOW(3), clears_at = NOW(3)
      WHERE id = :webhookId AND disabled_at IS NULL
        AND (:isGone OR failing_since < NOW(3) - INTERVAL :disabledAfterHours HOUR)`,
    { webhookId, isGone: status === gone, disabledAfterHours },
    tx,
  );
  return disabled > 0;
}

/**
 * Notes what became of an attempt. The delivery has ended, or is due again after a pause that grows up to a day. A
 * webhook that never succeeds is disabled.
 */
export async function noteOutcome(
  { database, logger }: { database: Database; logger: Logger },
  outcome: Outcome,
): Promise<void> {
  const { delivery, status } = outcome;
  const { webhookId, url, isProbe } = delivery;
  const succeeded = isSuccess(status);
  const answer = { webhookId, isProbe, isAnswered: status !== undefined, isSuccess: succeeded };
  const disabled = await database.transaction(async (tx) => {
    await (succeeded ? endDelivery(database, tx, outcome) : putOff(database, tx, outcome));
    await noteAnswer(database, tx, answer);
    return !succeeded && (await disableHopeless(database, tx, outcome));
  });
  if (disabled)
    logger.warn('a webhook is disabled: it has failed for too long, or is gone', { webhookId, url });
}
