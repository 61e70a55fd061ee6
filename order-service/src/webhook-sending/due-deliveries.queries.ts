import type { Database } from '@tradepost/service-kit/database.ts';

/** A webhook with a delivery that is due. */
export interface DueReceiver {
  webhookId: string;
  /** Its receiver gave no answer the last time: one delivery tries whether it does now. */
  isPaused: boolean;
}

/** A delivery that is due. Only the first pending one of its key may be sent. */
export interface Candidate {
  position: number;
  webhookId: string;
  partitionKey: string;
  status: 'pending' | 'delivered' | 'failed';
  /** False when a worker of the previous version has put it off or sends it now. */
  isDue: boolean;
  /** Position of the first pending delivery of the same webhook and key; null when there is none. */
  headPosition: number | null;
}

/** Looked at beyond what can be sent: those behind another of their key come first after a burst for one key. */
const furtherCandidates = 50;

/**
 * Lists webhooks with a delivery that is due, the longest due first. Each costs one look at the first entry of an index,
 * whatever waits behind it. MySQL takes that entry without a sort only when all columns of the index are in ORDER BY.
 */
export async function listReceivers(database: Database): Promise<DueReceiver[]> {
  const rows = await database.select<{ webhookId: string; isPaused: number }>(
    `SELECT webhooks.id AS webhookId, paused_until IS NOT NULL AS isPaused,
            (SELECT next_at FROM webhook_deliveries FORCE INDEX (webhook_deliveries_due)
              WHERE webhook_id = webhooks.id ORDER BY webhook_id, next_at LIMIT 1) AS nextAt
       FROM webhooks
      WHERE disabled_at IS NULL AND deleted_at IS NULL AND (paused_until IS NULL OR paused_until <= NOW(3))
     HAVING nextAt <= NOW(3) ORDER BY nextAt`,
  );
  return rows.map(({ webhookId, isPaused }) => ({ webhookId, isPaused: Number(isPaused) === 1 }));
}

const ofOne = (index: number): string => `
  (SELECT position, webhook_id AS webhookId, partition_key AS partitionKey, status, due_at <= NOW(3) AS isDue,
          (SELECT head.position FROM webhook_deliveries AS head FORCE INDEX (webhook_deliveries_next)
            WHERE head.status = 'pending' AND head.webhook_id = due.webhook_id
              AND head.partition_key = due.partition_key
            ORDER BY head.status, head.webhook_id, head.partition_key, head.position LIMIT 1) AS headPosition
     FROM webhook_deliveries AS due FORCE INDEX (webhook_deliveries_due)
    WHERE webhook_id = :webhook${index} AND next_at <= NOW(3) ORDER BY next_at LIMIT :rows${index})`;

/**
 * Lists deliveries of some webhooks that are due, the longest due first in each.
 * @param receivers webhooks, and how many deliveries of each can be sent now
 */
export async function listCandidates(
  database: Database,
  receivers: readonly { webhookId: string; places: number }[],
): Promise<Candidate[]> {
  if (receivers.length === 0) return [];
  const values = receivers.flatMap(({ webhookId, places }, index) => [
    [`webhook${index}`, webhookId],
    [`rows${index}`, places + furtherCandidates],
  ]);
  const sql = receivers.map((_receiver, index) => ofOne(index)).join(' UNION ALL ');
  const rows = await database.select<Omit<Candidate, 'isDue'> & { isDue: number }>(
    sql,
    Object.fromEntries(values) as object,
  );
  return rows.map((row) => ({
    ...row,
    isDue: Number(row.isDue) === 1,
    position: Number(row.position),
    headPosition: row.headPosition === null ? null : Number(row.headPosition),
  }));
}
