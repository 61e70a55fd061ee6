import { randomUUID } from 'node:crypto';
import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { advanceOrder } from './advance-order.ts';
import { type ActiveStep, leaseSeconds, type SagaDependencies } from './step.ts';

interface DueSaga {
  order_id: string;
  step: ActiveStep;
  attempts: number;
}

const pollMs = 500;
/** How many orders one worker advances at a time. With more, whoever waits for an answer waits behind them at the same rows. */
const places = 10;
/** Nobody waits for the answer here: a slow product-service may take most of the lease. */
const deadlineMs = 4_000;

/** Takes due steps for this worker; the lease ends by the database's clock, so that a wrong one here harms nobody. */
async function claimDue(database: Database, limit: number): Promise<DueSaga[]> {
  const claim = randomUUID();
  // A transaction, because only these are tried again after a deadlock: here all workers meet.
  const claimed = await database.transaction((tx) =>
    database.change(
      `UPDATE order_sagas SET claimed_by = :claim, attempts = attempts + 1, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE due_at <= NOW(3) ORDER BY due_at LIMIT :limit`,
      { claim, leaseSeconds, limit },
      tx,
    ),
  );
  if (claimed === 0) return [];
  return database.select<DueSaga>(
    'SELECT order_id, step, attempts FROM order_sagas WHERE claimed_by = :claim',
    { claim },
  );
}

/** Goes on with orders whose step is due: their request died, or somebody could not be reached. Runs in every worker. */
export function resumeOrders(dependencies: SagaDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  return workDue<DueSaga>(logger, {
    what: 'orders',
    places,
    pollMs,
    claim: (limit) => claimDue(database, limit),
    work: ({ order_id: orderId, step, attempts }) =>
      advanceOrder(dependencies, { orderId, step, attempts, deadlineMs }),
  });
}
