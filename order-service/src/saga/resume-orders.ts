import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@tradepost/service-kit/database.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import { advanceOrder } from './advance-order.ts';
import { type ActiveStep, leaseSeconds, type SagaDependencies } from './step.ts';

interface DueSaga {
  order_id: string;
  step: ActiveStep;
  attempts: number;
}

const pollMs = 500;
/** How many orders one worker advances at a time; a slow one keeps none but its own place. */
const places = 40;
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

/**
 * Goes on with orders whose step is due: their request died, or somebody could not be reached.
 * Runs in every worker; stop() waits for the steps at work.
 */
export function resumeOrders(dependencies: SagaDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  const atWork = new Set<Promise<unknown>>();
  const stopping = new AbortController();

  const resume = ({ order_id: orderId, step, attempts }: DueSaga): void => {
    const advancing = runInContext(() => advanceOrder(dependencies, { orderId, step, attempts, deadlineMs }));
    const done: Promise<unknown> = advancing.finally(() => atWork.delete(done));
    atWork.add(done);
  };
  const round = async (): Promise<void> => {
    const due = await claimDue(database, places - atWork.size);
    for (const saga of due) resume(saga);
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) =>
        logger.warn('due orders could not be claimed; trying again', { error }),
      );
      // After an outage many are due: then the next is claimed as soon as one is done.
      if (atWork.size >= places) await Promise.race(atWork);
      else await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
      await Promise.all(atWork);
    },
  };
}
