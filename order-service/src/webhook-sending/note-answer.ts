import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

interface Answer {
  webhookId: string;
  /** Whether a receiver answered at all. */
  isAnswered: boolean;
  isSuccess: boolean;
  isProbe: boolean;
}

const firstPauseSeconds = 5;
const longestPauseSeconds = 300;

/** 5 s, 10 s, 20 s and so on up to five minutes, each with a fifth more or less. */
async function pause(database: Database, tx: Transaction, { webhookId, isProbe }: Answer): Promise<void> {
  // Several deliveries that were on their way at the same time begin one pause.
  await database.change(
    `UPDATE webhooks
        SET failing_since = COALESCE(failing_since, NOW(3)), silences = silences + 1,
            paused_until = NOW(3) + INTERVAL
              :factor * LEAST(:firstPauseSeconds * POW(2, LEAST(silences - 1, 10)), :longestPauseSeconds) SECOND
      WHERE id = :webhookId AND (:isProbe OR paused_until IS NULL)`,
    { webhookId, isProbe, factor: 0.8 + Math.random() * 0.4, firstPauseSeconds, longestPauseSeconds },
    tx,
  );
}

/**
 * Notes at the webhook what its receiver did. Nothing more is sent to a receiver that gave no answer until its pause is
 * over; then one delivery tries, and any answer ends the pause for all.
 */
export async function noteAnswer(database: Database, tx: Transaction, answer: Answer): Promise<void> {
  if (!answer.isAnswered) return pause(database, tx, answer);
  const { webhookId, isSuccess } = answer;
  // Read without a lock first: the transaction that queues events shares the lock of the row until it ends.
  const changes = `id = :webhookId AND (paused_until IS NOT NULL OR (failing_since IS NULL) <> :isSuccess)`;
  const values = { webhookId, isSuccess };
  const found = await database.select(`SELECT id FROM webhooks WHERE ${changes}`, values, tx);
  if (found.length === 0) return;
  await database.change(
    `UPDATE webhooks
        SET failing_since = IF(:isSuccess, NULL, COALESCE(failing_since, NOW(3))), silences = 0, paused_until = NULL
      WHERE ${changes}`,
    values,
    tx,
  );
}
