import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type ClaimedStep, claimSteps } from './claim-steps.ts';
import { allPlaces, nameLane, placesOf } from './lanes.ts';
import { type ActiveStep, claimSeconds, longestChargeMs, type SagaDependencies } from '../saga/step.ts';
import { tryStep } from '../saga/try-step.ts';

const pollMs = 500;
/** No request waits for the answer here: a slow product-service may take half of the lease. */
const deadlineMs = 4_000;

/**
 * Leaves the next step to the worker that has a place in its lane, this one or another: a step that waits for another
 * service may not take the places of this one. A step that was claimed meanwhile, because its lease had ended, is left alone.
 */
async function handOver(database: Database, orderId: string, next: ActiveStep): Promise<void> {
  await database.change(
    `UPDATE order_sagas SET due_at = NOW(3) WHERE order_id = :orderId AND step = :next AND claimed_by IS NULL`,
    { orderId, next },
  );
}

/** Does the due steps of orders whose request died, or whose step was put off. Runs in every worker. */
export function resumeOrders(dependencies: SagaDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  return workDue<ClaimedStep & { sendBy: number }>(logger, {
    what: 'orders',
    places: allPlaces,
    placesEach: placesOf,
    counterpartOf: nameLane,
    pollMs,
    claim: async (_limit, freeFor) => {
      const sendBy = performance.now() + claimSeconds * 1_000 - longestChargeMs;
      const claimed = await claimSteps(database, (lane) => freeFor(nameLane(lane)));
      return claimed.map((due) => ({ ...due, sendBy }));
    },
    work: async (due) => {
      const { next, answered } = await tryStep(dependencies, { ...due, deadlineMs });
      if (next) await handOver(database, due.orderId, next);
      return { answered };
    },
  });
}
