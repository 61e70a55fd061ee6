import type { Database } from '@tradepost/service-kit/database.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';

export interface Delivery {
  id: string;
  eventId: string;
  type: string;
  status: 'pending' | 'delivered' | 'failed';
  attempts: number;
  dueAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

/** What became of a delivery can be read for a week. */
export const endedDeliveries = `DELETE FROM webhook_deliveries WHERE status IN ('delivered', 'failed')
  AND ended_at < NOW(3) - INTERVAL 7 DAY LIMIT 1000`;

const columns = `id, event_id AS eventId, type, status, attempts, due_at AS dueAt, last_status AS lastStatus,
  last_error AS lastError, created_at AS createdAt, ended_at AS endedAt`;

/** Deliveries of a webhook, newest first, one more than asked for. */
export function listDeliveries(
  database: Database,
  { webhookId, limit, cursor }: { webhookId: string; limit: number; cursor?: string | undefined },
): Promise<Delivery[]> {
  return database.select<Delivery>(
    `SELECT ${columns} FROM webhook_deliveries
      WHERE webhook_id = :webhookId AND (:cursor IS NULL OR id < :cursor) ORDER BY id DESC LIMIT :rows`,
    { webhookId, cursor: cursor ?? null, rows: limit + 1 },
  );
}

/** A delivery of a webhook that must be there; 404 when it is not. */
export async function readDelivery(
  database: Database,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
): Promise<Delivery> {
  const [found] = await database.select<Delivery>(
    `SELECT ${columns} FROM webhook_deliveries WHERE id = :deliveryId AND webhook_id = :webhookId`,
    { webhookId, deliveryId },
  );
  if (!found) throw notFound('There is no such delivery.');
  return found;
}

export function viewDelivery({ dueAt, createdAt, endedAt, ...delivery }: Delivery) {
  return {
    ...delivery,
    dueAt: delivery.status === 'pending' ? dueAt.toISOString() : null,
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
