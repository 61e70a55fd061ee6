import { randomUUID } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { type Lane, lanes } from './lanes.ts';
import { claimSeconds } from '../saga/step.ts';

/** A step of an order that this worker has for itself until its lease ends. */
export interface ClaimedStep extends Lane {
  orderId: string;
  attempts: number;
}

/** Bounds the statements that one round starts at once: they share the pool with all other steps. */
const batch = 20;

const isDue = 'step = :step AND is_unanswered = :isUnanswered AND due_at <= NOW(3)';

/**
 * Finds the lanes in which a step is due, with one look into the index for each lane. The cost does not depend on how
 * many steps wait. A lane without a free place is not looked at.
 */
async function findDueLanes(database: Database, open: readonly Lane[]): Promise<Lane[]> {
  if (open.length === 0) return [];
  const looks = open.map(
    ({ step, isUnanswered }, index) =>
      `(SELECT ${index} AS lane FROM order_sagas FORCE INDEX (order_sagas_lane)
         WHERE step = '${step}' AND is_unanswered = ${isUnanswered} AND due_at <= NOW(3) LIMIT 1)`,
  );
  const due = await database.select<{ lane: number }>(looks.join(' UNION ALL '));
  return due.flatMap(({ lane }) => open[Number(lane)] ?? []);
}

/** Rows that another session has locked are left to it: were it gone for good, all others would wait behind it. */
async function lockDue(
  database: Database,
  tx: Transaction,
  { lane, limit }: { lane: Lane; limit: number },
): Promise<ClaimedStep[]> {
  const due = await database.select<{ orderId: string; attempts: number }>(
    `SELECT order_id AS orderId, attempts + 1 AS attempts FROM order_sagas FORCE INDEX (order_sagas_lane)
      WHERE ${isDue} ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { ...lane, limit },
    tx,
  );
  return due.map((row) => ({ ...row, ...lane }));
}

/**
 * Claims due steps, the longest due of each lane first. The lease ends by the database's clock, so a wrong clock of a
 * worker does no harm.
 * @param freeFor how many steps of a lane at most
 */
export async function claimSteps(
  database: Database,
  freeFor: (lane: Lane) => number,
): Promise<ClaimedStep[]> {
  const dueLanes = await findDueLanes(
    database,
    lanes.filter((lane) => freeFor(lane) > 0),
  );
  if (dueLanes.length === 0) return [];
  return database.transaction(async (tx) => {
    const claimed: ClaimedStep[] = [];
    for (const lane of dueLanes)
      claimed.push(...(await lockDue(database, tx, { lane, limit: Math.min(batch, freeFor(lane)) })));
    if (claimed.length === 0) return [];
    const orderIds = claimed.map(({ orderId }) => orderId);
    // The mark tells a step at work from one that waits.
    await database.change(
      `UPDATE order_sagas SET claimed_by = :claim, attempts = attempts + 1, due_at = NOW(3) + INTERVAL :claimSeconds SECOND
        WHERE order_id IN (:orderIds)`,
      { claim: randomUUID(), claimSeconds, orderIds },
      tx,
    );
    return claimed;
  });
}
