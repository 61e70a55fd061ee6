import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Transaction } from 'sequelize';
import { never } from '../webhook-deliveries/next-at.ts';

interface DueClearing {
  webhookId: string;
  isDeleted: boolean;
}

const pollMs = 1_000;
const leaseSeconds = 30;
/** Rows of one statement: their locks last some 50 ms. */
const atOnce = 1_000;
/** How long one webhook is cleared before the next one has its turn; a worker that stops waits for it. */
const turnMs = 2_000;

/** Claims webhooks that were deleted or disabled and still have deliveries. */
async function claimDue(database: Database, limit: number): Promise<DueClearing[]> {
  const due = await database.select<{ webhookId: string; isDeleted: number }>(
    `SELECT id AS webhookId, deleted_at IS NOT NULL AS isDeleted FROM webhooks
      WHERE clears_at <= NOW(3) ORDER BY clears_at LIMIT :limit`,
    { limit },
  );
  const claimed: DueClearing[] = [];
  for (const { webhookId, isDeleted } of due) {
    const changed = await database.change(
      `UPDATE webhooks SET clears_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE id = :webhookId AND clears_at <= NOW(3)`,
      { leaseSeconds, webhookId },
    );
    if (changed > 0) claimed.push({ webhookId, isDeleted: Number(isDeleted) === 1 });
  }
  return claimed;
}

/**
 * Deletes the next deliveries of a webhook, in the order of their events.
 * @param after the last event that is gone. Rows that InnoDB has not purged yet stay behind it, so no statement meets them
 * @returns the event of the last row, undefined when there was none
 */
async function deleteNext(
  database: Database,
  { webhookId, after }: { webhookId: string; after: string },
): Promise<string | undefined> {
  const rows = await database.select<{ eventId: string }>(
    `SELECT event_id AS eventId FROM webhook_deliveries FORCE INDEX (webhook_deliveries_once)
      WHERE webhook_id = :webhookId AND event_id > :after ORDER BY event_id LIMIT :atOnce`,
    { webhookId, after, atOnce },
  );
  const last = rows.at(-1)?.eventId;
  if (last !== undefined)
    await database.change(
      'DELETE FROM webhook_deliveries WHERE webhook_id = :webhookId AND event_id > :after AND event_id <= :last',
      { webhookId, after, last },
    );
  return last;
}

/** Deletes deliveries of a deleted webhook for a while, and the webhook after the last one. */
async function deleteSome(database: Database, webhookId: string): Promise<void> {
  const endsAt = performance.now() + turnMs;
  const values = { webhookId };
  let after: string | undefined = '';
  while (after !== undefined && performance.now() < endsAt)
    after = await deleteNext(database, { webhookId, after });
  if (after === undefined)
    await database.change('DELETE FROM webhooks WHERE id = :webhookId AND deleted_at IS NOT NULL', values);
  else await database.change('UPDATE webhooks SET clears_at = NOW(3) WHERE id = :webhookId', values);
}

/** From the last to the first of each key, so that the first one still has its time when an admin enables the webhook. */
async function endSome(database: Database, tx: Transaction, webhookId: string): Promise<number> {
  const rows = await database.select<{ position: number }>(
    `SELECT position FROM webhook_deliveries FORCE INDEX (webhook_deliveries_next)
      WHERE status = 'pending' AND webhook_id = :webhookId
      ORDER BY partition_key DESC, position DESC LIMIT :atOnce`,
    { webhookId, atOnce },
    tx,
  );
  if (rows.length === 0) return 0;
  await database.change(
    `UPDATE webhook_deliveries SET status = 'failed', ended_at = NOW(3), next_at = :never
      WHERE position IN (:positions) AND status = 'pending'`,
    { never, positions: rows.map(({ position }) => position) },
    tx,
  );
  return rows.length;
}

/** Ends a part of what waits for a disabled webhook as failed; an admin may redeliver it. */
async function failSome(database: Database, webhookId: string): Promise<void> {
  await database.transaction(async (tx) => {
    const values = { webhookId };
    // Locked: what is queued after an admin has enabled the webhook again must not end.
    const disabled = await database.select(
      'SELECT id FROM webhooks WHERE id = :webhookId AND disabled_at IS NOT NULL FOR UPDATE',
      values,
      tx,
    );
    const ended = disabled.length === 0 ? 0 : await endSome(database, tx, webhookId);
    const nextAt = ended < atOnce ? 'NULL' : 'NOW(3)';
    await database.change(`UPDATE webhooks SET clears_at = ${nextAt} WHERE id = :webhookId`, values, tx);
  });
}

/** Ends or deletes what is queued for disabled and deleted webhooks, in parts. Runs in every worker. */
export function clearWebhooks({ database, logger }: { database: Database; logger: Logger }): {
  stop: () => Promise<void>;
} {
  return workDue<DueClearing>(logger, {
    what: 'webhooks to clear',
    places: 1,
    pollMs,
    claim: (limit) => claimDue(database, limit),
    work: ({ webhookId, isDeleted }) =>
      isDeleted ? deleteSome(database, webhookId) : failSome(database, webhookId),
  });
}
