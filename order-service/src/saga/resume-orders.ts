import { randomUUID } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import type { ProductClient } from '../clients/product-client.ts';
import { findOrder } from '../orders/orders.queries.ts';
import { leaseSeconds } from './lease.ts';
import { releaseOrder } from './release-order.ts';
import { reserveOrder } from './reserve-order.ts';
import { scheduleStep, type Step } from './schedule-step.ts';

interface ResumeDependencies {
  database: Database;
  products: ProductClient;
  logger: Logger;
}

interface DueSaga {
  order_id: string;
  step: Step;
  attempts: number;
}

const pollMs = 500;
const batch = 20;
/** Nobody waits for the answer here: a slow product-service may take most of the lease. */
const deadlineMs = 4_000;
const longestBackoffSeconds = 3;

/** Takes due steps for this replica; the lease ends by the database's clock, so that a wrong one here harms nobody. */
async function claimDue(database: Database): Promise<DueSaga[]> {
  const claim = randomUUID();
  const claimed = await database.change(
    `UPDATE order_sagas SET claimed_by = :claim, attempts = attempts + 1, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
      WHERE due_at <= NOW(3) ORDER BY due_at LIMIT :batch`,
    { claim, leaseSeconds, batch },
  );
  if (claimed === 0) return [];
  return database.select<DueSaga>(
    'SELECT order_id, step, attempts FROM order_sagas WHERE claimed_by = :claim',
    { claim },
  );
}

async function doStep(dependencies: ResumeDependencies, { order_id: orderId, step }: DueSaga): Promise<void> {
  if (step === 'release') return releaseOrder(dependencies, { orderId, deadlineMs });
  const placed = await findOrder(orderId);
  if (placed) await reserveOrder(dependencies, { placed, deadlineMs });
}

/** Exponential with full jitter, so that orders which failed together do not come back together. */
function backoffSeconds(attempts: number): number {
  return Math.random() * Math.min(longestBackoffSeconds, 0.2 * 2 ** attempts);
}

/** Does a due step, or puts it off; tells whether it is done. */
async function resume(dependencies: ResumeDependencies, saga: DueSaga): Promise<boolean> {
  const { order_id: orderId, step, attempts } = saga;
  try {
    await doStep(dependencies, saga);
    dependencies.logger.info('order resumed', { orderId, step });
    return true;
  } catch (error) {
    dependencies.logger.warn('order not resumed yet; trying again', { orderId, step, attempts, error });
    const inSeconds = backoffSeconds(attempts);
    await scheduleStep(dependencies.database, { orderId, after: step, next: step, inSeconds });
    return false;
  }
}

/**
 * Goes on with orders whose step is due: their request died, or product-service could not be reached.
 * Runs in every replica; stop() waits for the steps at work.
 */
export function resumeOrders(dependencies: ResumeDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  let stopped = false;
  let timer: NodeJS.Timeout;

  /** Tells whether to go on at once: after an outage many are due, and a full round that succeeded means that it is over. */
  const round = async (): Promise<boolean> => {
    try {
      const due = await claimDue(database);
      // One that cannot even be put off is due again when its lease ends; the others are still waited for.
      const results = await Promise.allSettled(
        due.map((saga) => runInContext(() => resume(dependencies, saga))),
      );
      return due.length === batch && results.every((result) => result.status === 'fulfilled' && result.value);
    } catch (error) {
      logger.warn('due orders could not be resumed; trying again', { error });
      return false;
    }
  };
  const loop = async (): Promise<void> => {
    while ((await round()) && !stopped);
    if (!stopped) timer = setTimeout(() => void (working = loop()), pollMs);
  };
  let working = loop();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await working;
    },
  };
}
