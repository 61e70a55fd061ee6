import { randomUUID } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type Candidate, type DueReceiver, listCandidates, listReceivers } from './due-deliveries.queries.ts';
import { parkDeliveries } from './park-deliveries.ts';

export interface DueDelivery {
  id: string;
  webhookId: string;
  partitionKey: string;
  eventId: string;
  /** The CloudEvent, as it is sent and signed. */
  event: string;
  attempts: number;
  url: string;
  secret: string;
  oldSecret: string | null;
  sentAt: Date;
  /** It tries whether a receiver that gave no answer does now. */
  isProbe: boolean;
}

/** Longer than a receiver may take. */
const leaseSeconds = 30;
/**
 * A receiver has at most as many places as this part of those that are still free. However many receivers are slow, they
 * leave some for the others.
 */
const partOfFree = 1 / 8;

export interface FreePlaces {
  /** Of all receivers together. */
  limit: number;
  freeFor: (webhookId: string) => number;
  takenBy: (webhookId: string) => number;
}

type Receiver = DueReceiver & { places: number };

function sharePlaces(receivers: readonly DueReceiver[], { limit, freeFor, takenBy }: FreePlaces): Receiver[] {
  const shared: Receiver[] = [];
  let left = limit;
  for (const receiver of receivers) {
    const { webhookId, isPaused } = receiver;
    const share = Math.ceil(left * partOfFree) - takenBy(webhookId);
    const places = Math.min(freeFor(webhookId), isPaused ? 1 : share, left);
    if (places <= 0) continue;
    shared.push({ ...receiver, places });
    left -= places;
  }
  return shared;
}

const maySend = ({ status, isDue, position, headPosition }: Candidate): boolean =>
  status === 'pending' && isDue && headPosition === position;

/** Ends a pause for one attempt. Of several workers one gets it; if it dies, the next attempt is made after the lease. */
async function claimProbe(database: Database, webhookId: string): Promise<boolean> {
  const claimed = await database.change(
    `UPDATE webhooks SET paused_until = NOW(3) + INTERVAL :leaseSeconds SECOND
      WHERE id = :webhookId AND paused_until <= NOW(3)`,
    { leaseSeconds, webhookId },
  );
  return claimed > 0;
}

/** Chooses what is sent now: of each receiver as many as it has places, and one of a receiver whose pause is over. */
async function choose(
  database: Database,
  receivers: readonly Receiver[],
  sendable: readonly Candidate[],
): Promise<{ positions: number[]; probed: Set<string> }> {
  const ofWebhook = Map.groupBy(sendable, ({ webhookId }) => webhookId);
  const positions: number[] = [];
  const probed = new Set<string>();
  for (const { webhookId, places, isPaused } of receivers) {
    const chosen = ofWebhook.get(webhookId)?.slice(0, places) ?? [];
    if (chosen.length === 0 || (isPaused && !(await claimProbe(database, webhookId)))) continue;
    if (isPaused) probed.add(webhookId);
    positions.push(...chosen.map(({ position }) => position));
  }
  return { positions, probed };
}

async function lease(
  database: Database,
  positions: readonly number[],
): Promise<Omit<DueDelivery, 'isProbe'>[]> {
  const claim = randomUUID();
  // Another worker may have seen the same rows; the worker that changes a row has it.
  await database.transaction((tx) =>
    database.change(
      `UPDATE webhook_deliveries
          SET claimed_by = :claim, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND,
              next_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE position IN (:positions) AND status = 'pending' AND due_at <= NOW(3)`,
      { claim, leaseSeconds, positions },
      tx,
    ),
  );
  return database.select<Omit<DueDelivery, 'isProbe'>>(
    `SELECT delivery.id, webhook_id AS webhookId, partition_key AS partitionKey, event_id AS eventId, event, attempts,
            url, secret, IF(old_until > NOW(3), old_secret, NULL) AS oldSecret, NOW(3) AS sentAt
       FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = webhook_id
      WHERE claimed_by = :claim AND delivery.status = 'pending' AND disabled_at IS NULL AND deleted_at IS NULL`,
    { claim },
  );
}

/**
 * Claims deliveries that are due, of each webhook and partition key only the first pending one: so a receiver gets the
 * events of one key in their order. Its cost is that of what is due and can be sent, not that of all that waits.
 * @param free places of this worker
 */
export async function claimDeliveries(database: Database, free: FreePlaces): Promise<DueDelivery[]> {
  const receivers = sharePlaces(await listReceivers(database), free);
  const candidates = await listCandidates(database, receivers);
  const others = candidates.filter((candidate) => !maySend(candidate));
  if (others.length > 0) await parkDeliveries(database, others);
  const { positions, probed } = await choose(database, receivers, candidates.filter(maySend));
  if (positions.length === 0) return [];
  const claimed = await lease(database, positions);
  return claimed.map((delivery) => ({ ...delivery, isProbe: probed.has(delivery.webhookId) }));
}
