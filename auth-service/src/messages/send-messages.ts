import { randomUUID } from 'node:crypto';
import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Channel, Senders } from './message.ts';
import type { Seal } from './seal.ts';

interface SendDependencies {
  database: Database;
  seal: Seal;
  senders: Senders;
  logger: Logger;
}

interface DueMessage {
  id: string;
  userId: string | null;
  channel: Channel;
  sealed: string;
  attempts: number;
  createdAt: Date;
}

const pollMs = 200;
/** How many messages one replica sends at a time. */
const places = 10;
/** Longer than a sender may take: 45 s by e-mail, 10 s by SMS. */
const leaseSeconds = 60;
const firstPauseSeconds = 2;
const longestPauseSeconds = 600;

/** 2 s, 4 s, 8 s and so on up to ten minutes, each with a fifth more or less. */
const pauseAfter = (attempts: number): number =>
  Math.min(firstPauseSeconds * 2 ** (attempts - 1), longestPauseSeconds) * (0.8 + Math.random() * 0.4);

/** Takes messages that are due. Another replica may have seen the same ones; whoever changes the row has it. */
async function claimDue(database: Database, limit: number): Promise<DueMessage[]> {
  const candidates = await database.select<{ id: string }>(
    `SELECT id FROM outgoing_messages WHERE due_at <= NOW(3) AND expires_at > NOW(3)
      ORDER BY due_at LIMIT :limit`,
    { limit },
  );
  if (candidates.length === 0) return [];
  const [claim, ids] = [randomUUID(), candidates.map(({ id }) => id)];
  await database.transaction((tx) =>
    database.change(
      `UPDATE outgoing_messages SET claimed_by = :claim, due_at = NOW(3) + INTERVAL :leaseSeconds SECOND
        WHERE id IN (:ids) AND due_at <= NOW(3)`,
      { claim, leaseSeconds, ids },
      tx,
    ),
  );
  return database.select<DueMessage>(
    `SELECT id, user_id AS userId, channel, sealed, attempts, created_at AS createdAt
       FROM outgoing_messages WHERE claimed_by = :claim`,
    { claim },
  );
}

/** What may be logged of a failure. Its message may not: mail servers repeat the address, and more, in theirs. */
function reasonOf(error: unknown): object {
  const { name, code, responseCode } = error as { name?: string; code?: unknown; responseCode?: unknown };
  return { reason: typeof code === 'string' ? code : name, answered: responseCode };
}

async function putOff(dependencies: SendDependencies, due: DueMessage, error: unknown): Promise<void> {
  const { database, logger } = dependencies;
  const attempts = due.attempts + 1;
  const { id, channel } = due;
  logger.warn('a message could not be sent; trying again', { id, channel, attempts, ...reasonOf(error) });
  await database.change(
    `UPDATE outgoing_messages
        SET attempts = :attempts, claimed_by = NULL, due_at = NOW(3) + INTERVAL :inSeconds SECOND WHERE id = :id`,
    { id, attempts, inSeconds: Math.round(pauseAfter(attempts)) },
  );
}

async function send(dependencies: SendDependencies, due: DueMessage): Promise<void> {
  const { database, seal, senders } = dependencies;
  const { id, userId, channel, createdAt } = due;
  if (userId !== null) {
    try {
      await senders[channel]({ ...seal.open(due.sealed), id, createdAt });
    } catch (error) {
      await putOff(dependencies, due, error);
      return;
    }
  }
  await database.change('DELETE FROM outgoing_messages WHERE id = :id', { id });
}

/**
 * Sends what is queued and forgets it: each message once, but for one whose sender dies before it can say so. What cannot
 * be sent is tried again until it expires. Runs in every replica.
 */
export function sendMessages(dependencies: SendDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  return workDue<DueMessage>(logger, {
    what: 'messages',
    places,
    pollMs,
    claim: (limit) => claimDue(database, limit),
    work: (due) => send(dependencies, due),
  });
}
