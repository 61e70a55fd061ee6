import { randomUUID } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type Channel, channels } from './message.ts';

export interface ClaimedMessage {
  id: string;
  userId: string | null;
  channel: Channel;
  sealed: string;
  attempts: number;
  createdAt: Date;
}

/** Longer than a sender may take: 45 s by e-mail, 10 s by SMS. */
const leaseSeconds = 60;

/**
 * Finds due messages, the longest due of each channel first. Reads only the index, from the longest due on, so the
 * messages that wait for another time cost nothing.
 */
async function findDue(
  database: Database,
  open: readonly { channel: Channel; limit: number }[],
): Promise<string[]> {
  if (open.length === 0) return [];
  const looks = open.map(
    ({ channel, limit }) =>
      `(SELECT id FROM outgoing_messages FORCE INDEX (outgoing_messages_channel)
         WHERE channel = '${channel}' AND due_at <= NOW(3) AND expires_at > NOW(3) ORDER BY due_at LIMIT ${limit})`,
  );
  const rows = await database.select<{ id: string }>(looks.join(' UNION ALL '));
  return rows.map(({ id }) => id);
}

/**
 * Claims due messages. Another replica may find the same messages at the same
 * time; the changed row decides.
 * @param freeFor how many messages of a channel at most
 */
export async function claimMessages(
  database: Database,
  freeFor: (channel: Channel) => number,
): Promise<ClaimedMessage[]> {
  const places = channels.map((channel) => ({ channel, limit: freeFor(channel) }));
  const ids = await findDue(
    database,
    places.filter(({ limit }) => limit > 0),
  );
  if (ids.length === 0) return [];
  const claim = randomUUID();
  await database.transaction((tx) =>
    database.change(
      `UPDATE outgoing_messages SET claimed_by = :claim, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE id IN (:ids) AND due_at <= NOW(3)`,
      { claim, leaseSeconds, ids },
      tx,
    ),
  );
  return database.select<ClaimedMessage>(
    `SELECT id, user_id AS userId, channel, sealed, attempts, created_at AS createdAt
       FROM outgoing_messages WHERE claimed_by = :claim`,
    { claim },
  );
}
