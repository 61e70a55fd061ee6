import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { never } from '../webhook-deliveries/next-at.ts';
import type { Candidate } from './due-deliveries.queries.ts';
import { wakeNext } from './wake-next.ts';

/**
 * Parks deliveries behind the first one of their key. That one is locked meanwhile: its end would otherwise find nothing
 * to wake. One whose head another transaction holds stays due, and is looked at again in the next round.
 */
async function parkBehind(database: Database, tx: Transaction, behind: readonly Candidate[]): Promise<void> {
  const heads = [...new Set(behind.map(({ headPosition }) => headPosition))];
  const locked = await database.select<{ position: number }>(
    `SELECT position FROM webhook_deliveries FORCE INDEX (PRIMARY)
      WHERE position IN (:heads) AND status = 'pending' FOR UPDATE SKIP LOCKED`,
    { heads },
    tx,
  );
  const held = new Set(locked.map(({ position }) => Number(position)));
  const positions = behind
    .filter(({ headPosition }) => headPosition !== null && held.has(headPosition))
    .map(({ position }) => position);
  if (positions.length === 0) return;
  await database.change(
    `UPDATE webhook_deliveries SET next_at = :never WHERE position IN (:positions) AND status = 'pending'`,
    { never, positions },
    tx,
  );
  // A redelivery by the previous version leaves its row without a time.
  await database.change(
    `UPDATE webhook_deliveries SET next_at = due_at WHERE position IN (:held) AND next_at = :never`,
    { never, held: [...held] },
    tx,
  );
}

/** Brings what a worker of the previous version has ended or put off to what this version expects. */
async function adopt(database: Database, tx: Transaction, changed: readonly Candidate[]): Promise<void> {
  await database.change(
    `UPDATE webhook_deliveries SET next_at = IF(status = 'pending', due_at, :never)
      WHERE position IN (:positions) AND (status <> 'pending' OR due_at > NOW(3))`,
    { never, positions: changed.map(({ position }) => position) },
    tx,
  );
  for (const { status, webhookId, partitionKey } of changed)
    if (status !== 'pending') await wakeNext(database, tx, { webhookId, partitionKey });
}

/** Takes deliveries that are due and may not be sent out of the way, so that no round looks at them again. */
export async function parkDeliveries(database: Database, candidates: readonly Candidate[]): Promise<void> {
  const isBehind = ({ status, position, headPosition }: Candidate): boolean =>
    status === 'pending' && headPosition !== null && headPosition !== position;
  const behind = candidates.filter(isBehind);
  const changed = candidates.filter((candidate) => !isBehind(candidate));
  if (behind.length > 0) await database.transaction((tx) => parkBehind(database, tx, behind));
  if (changed.length > 0) await database.transaction((tx) => adopt(database, tx, changed));
}
