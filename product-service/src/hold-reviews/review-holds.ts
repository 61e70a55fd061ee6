import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { runInContext } from '@tradepost/service-kit/request-context.ts';
import type { OrderClient } from '../clients/order-client.ts';
import { commitReservation } from '../reservations/commit-reservation.ts';
import { releaseReservation } from '../reservations/release-reservation.ts';

interface ReviewDependencies {
  database: Database;
  orders: OrderClient;
  logger: Logger;
}

const lookEveryMs = 2_000;
const batch = 20;
/** A hold that is kept, or that nobody can tell about, is asked about again after this long. */
const againAfterSeconds = 60;

/** Takes holds that are due for review; by the database's clock, and no other replica asks about them meanwhile. */
function claimDue(database: Database): Promise<string[]> {
  return database.transaction(async (tx) => {
    const due = await database.select<{ orderId: string }>(
      `SELECT order_id AS orderId FROM reservations WHERE status = 'held' AND review_at <= NOW(3)
        ORDER BY review_at LIMIT :batch FOR UPDATE SKIP LOCKED`,
      { batch },
      tx,
    );
    const orderIds = due.map(({ orderId }) => orderId);
    if (orderIds.length > 0) {
      await database.change(
        `UPDATE reservations SET review_at = NOW(3) + INTERVAL :againAfterSeconds SECOND WHERE order_id IN (:orderIds)`,
        { orderIds, againAfterSeconds },
        tx,
      );
    }
    return orderIds;
  });
}

/**
 * Does with a hold what its order wants; the clock alone releases nothing.
 * @returns whether order-service said what it wants
 */
async function review({ database, orders, logger }: ReviewDependencies, orderId: string): Promise<boolean> {
  try {
    const decision = await orders.decideHold(orderId);
    if (decision === 'commit') await commitReservation({ database }, { orderId });
    if (decision === 'release' || decision === 'unknown') await releaseReservation({ database }, { orderId });
    logger.info('hold reviewed', { orderId, decision });
    return true;
  } catch (error) {
    logger.warn('hold not reviewed yet; it stays, and is asked about again', { orderId, error });
    return false;
  }
}

/**
 * Asks order-service about holds that are still there after the payment window: to keep, to commit or to release.
 * Runs in every replica; stop() waits for the reviews at work.
 */
export function reviewHolds(dependencies: ReviewDependencies): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const due = await claimDue(dependencies.database).catch((error: unknown) => {
        dependencies.logger.warn('holds could not be looked through; trying again', { error });
        return [];
      });
      const answered = await Promise.all(
        due.map((orderId) => runInContext(() => review(dependencies, orderId))),
      );
      // While order-service is away, each batch fails at once: without a pause all holds would be tried over and over.
      if (due.length < batch || !answered.includes(true))
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}
