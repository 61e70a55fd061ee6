import { workDue } from '@tradepost/jobs/work-due.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { type ClaimedMessage, claimMessages } from './claim-messages.ts';
import { channels, type Senders } from './message.ts';
import type { Seal } from './seal.ts';

interface SendDependencies {
  database: Database;
  seal: Seal;
  senders: Senders;
  logger: Logger;
}

const pollMs = 200;
/** How many messages one replica sends at a time by each channel: a slow mail server fills its own places only. */
const placesEach = 10;
const firstPauseSeconds = 2;
const longestPauseSeconds = 600;

/** 2 s, 4 s, 8 s and so on up to ten minutes, each with a fifth more or less. */
const pauseAfter = (attempts: number): number =>
  Math.min(firstPauseSeconds * 2 ** (attempts - 1), longestPauseSeconds) * (0.8 + Math.random() * 0.4);

/** What may be logged of a failure. Its message may not: mail servers repeat the address, and more, in theirs. */
function reasonOf(error: unknown): object {
  const { name, code, responseCode } = error as { name?: string; code?: unknown; responseCode?: unknown };
  return { reason: typeof code === 'string' ? code : name, answered: responseCode };
}

/** Whether the other side said anything. A fault of another kind, such as no connection, is no answer. */
function isAnswer(error: unknown): boolean {
  const { answered, responseCode } = error as { answered?: boolean; responseCode?: unknown };
  return answered === true || responseCode !== undefined;
}

async function putOff(dependencies: SendDependencies, due: ClaimedMessage, error: unknown): Promise<void> {
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

async function send(dependencies: SendDependencies, due: ClaimedMessage): Promise<{ answered: boolean }> {
  const { database, seal, senders } = dependencies;
  const { id, userId, channel, createdAt } = due;
  if (userId !== null) {
    try {
      await senders[channel]({ ...seal.open(due.sealed), id, createdAt });
    } catch (error) {
      await putOff(dependencies, due, error);
      return { answered: isAnswer(error) };
    }
  }
  await database.change('DELETE FROM outgoing_messages WHERE id = :id', { id });
  return { answered: true };
}

/**
 * Sends what is queued and forgets it: each message once, but for one whose sender dies before it can say so. What cannot
 * be sent is tried again until it expires. Runs in every replica.
 */
export function sendMessages(dependencies: SendDependencies): { stop: () => Promise<void> } {
  const { database, logger } = dependencies;
  return workDue<ClaimedMessage>(logger, {
    what: 'messages',
    places: placesEach * channels.length,
    placesEach,
    counterpartOf: ({ channel }) => channel,
    pollMs,
    claim: (_limit, freeFor) => claimMessages(database, freeFor),
    work: (due) => send(dependencies, due),
  });
}
