import type { Database } from '@tradepost/service-kit/database.ts';
import type { OrderStatus } from '../orders/order.model.ts';
import { claimSeconds, type Step } from '../saga/step.ts';

/** A step put off this often, with the longest pause between, has had half a minute to come to its end. */
const stuckAttempts = 8;
const stuckAfterSeconds = 60;

export interface StuckOrder {
  orderId: string;
  status: OrderStatus;
  step: Step;
  attempts: number;
  dueAt: Date;
  lastError: string | null;
}

/**
 * Orders whose step fails again and again, or is overdue; in ascending id, one more than asked for. A step that fails is
 * due again within a lease at most, so that those that wait for their buyers are not read.
 */
export function listStuck(
  { database }: { database: Database },
  { limit, cursor = '' }: { limit: number; cursor?: string | undefined },
): Promise<StuckOrder[]> {
  return database.select<StuckOrder>(
    `SELECT order_id AS orderId, status, step, attempts, due_at AS dueAt, last_error AS lastError
       FROM order_sagas FORCE INDEX (order_sagas_due) JOIN orders ON orders.id = order_sagas.order_id
      WHERE order_id > :cursor AND due_at < NOW(3) + INTERVAL :claimSeconds SECOND
        AND (attempts >= :stuckAttempts OR due_at < NOW(3) - INTERVAL :stuckAfterSeconds SECOND)
      ORDER BY order_id LIMIT :rows`,
    { cursor, claimSeconds, stuckAttempts, stuckAfterSeconds, rows: limit + 1 },
  );
}
