import { randomUUID } from 'node:crypto';
import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { advanceOrder } from './advance-order.ts';
import { type ActiveStep, leaseSeconds, type SagaDependencies } from './step.ts';

interface DueSaga {
  orderId: string;
  step: ActiveStep;
  attempts: number;
}

const pollMs = 500;
/** How many orders one worker advances at a time. With more, whoever waits for an answer waits behind them at the same rows. */
const places = 10;
/** Nobody waits for the answer here: a slow product-service may take most of the lease. */
const deadlineMs = 4_000;

/**
 * Takes due steps for this worker; the lease ends by the database's clock, so that a wrong one here harms nobody. What
 * somebody has locked is left to them: were they gone for good, everybody else's order would wait behind theirs.
 */
function claimDue(database: Database, limit: number): Promise<DueSaga[]> {
  return database.transaction(async (tx) => {
    const due = await database.select<DueSaga>(
      `SELECT order_id AS orderId, step, attempts + 1 AS attempts FROM order_sagas
        WHERE due_at <= NOW(3) ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED`,
      { limit },
      tx,
    );
    const orderIds = due.map(({ orderId }) => orderId);
    // The mark is for people who look: it tells a step at work from one that waits.
    if (orderIds.length > 0) {
      await database.change(
        `UPDATE order_sagas SET claimed_by = :claim, attempts = attempts + 1, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
          WHERE order_id IN (:orderIds)`,
        { claim: randomUUID(), leaseSeconds, orderIds },
        tx,
      );
    }
    return due;
  });
}

/** Goes on with orders whose step is due: their request died, or somebody could not be reached. Runs in every worker. */
export function resumeOrders(dependencies: SagaDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  return workDue<DueSaga>(logger, {
    what: 'orders',
    places,
    pollMs,
    claim: (limit) => claimDue(database, limit),
    work: (due) => advanceOrder(dependencies, { ...due, deadlineMs }),
  });
}
