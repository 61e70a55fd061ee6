import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, isPassing } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { ConnectionError, type Transaction } from 'sequelize';
import type { CloudEvent } from './cloud-event.ts';
import { parkUnapplied } from './park-event.ts';

/** What a service does with events, in the transaction that notes them as received. */
export interface Listener {
  /** By type; what has no handler is noted and left. Each may meet its events in any order: `sequence` tells the older. */
  handlers: Record<string, (tx: Transaction, event: CloudEvent) => Promise<void>>;
  /** Gets all events of a batch. */
  every?: (tx: Transaction, events: readonly CloudEvent[]) => Promise<void>;
}

export interface InboxDependencies {
  database: Database;
  logger: Logger;
  listener: Listener;
}

/** What was received longer ago than Kafka keeps it by default does not come again. */
export const oldInboxRows = 'DELETE FROM inbox WHERE received_at < NOW(3) - INTERVAL 8 DAY LIMIT 1000';

const maxAttempts = 5;
const firstPauseMs = 50;

/** The events of a batch that nobody has noted before. */
async function claimFresh(
  database: Database,
  tx: Transaction,
  events: readonly CloudEvent[],
): Promise<CloudEvent[]> {
  const byId = new Map(events.map((event) => [event.id, event]));
  const [delivery, ids] = [randomUUID(), [...byId.keys()]];
  await database.change(
    `INSERT IGNORE INTO inbox (event_id, delivery)
     SELECT one.id, :delivery
       FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id CHAR(36) CHARACTER SET ascii PATH '$')) AS one`,
    { ids: JSON.stringify(ids), delivery },
    tx,
  );
  const fresh = await database.select<{ id: string }>(
    'SELECT event_id AS id FROM inbox WHERE event_id IN (:ids) AND delivery = :delivery',
    { ids, delivery },
    tx,
  );
  const freshIds = new Set(fresh.map(({ id }) => id));
  return [...byId.values()].filter(({ id }) => freshIds.has(id));
}

/** Counts for each thing how many of its events took effect here: as many as its version says, when none is missing. */
async function countApplied(
  database: Database,
  tx: Transaction,
  events: readonly CloudEvent[],
): Promise<void> {
  const rows = events.map(({ source, subject, sequence }) => ({ source, subject, sequence }));
  // In one order everywhere: two batches about the same things shall not wait for each other.
  await database.change(
    `INSERT INTO inbox_sequences (source, subject, applied, first_sequence, last_sequence)
     SELECT thing.source, thing.subject, thing.applied, thing.first_sequence, thing.last_sequence
       FROM (SELECT source, subject, COUNT(*) AS applied, MIN(sequence) AS first_sequence,
                    MAX(sequence) AS last_sequence
               FROM JSON_TABLE(:rows, '$[*]' COLUMNS (
                      source   VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin PATH '$.source',
                      subject  VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin PATH '$.subject',
                      sequence INT PATH '$.sequence')) AS one
              GROUP BY source, subject ORDER BY source, subject) AS thing
         ON DUPLICATE KEY UPDATE
            inbox_sequences.applied = inbox_sequences.applied + thing.applied,
            inbox_sequences.first_sequence = LEAST(inbox_sequences.first_sequence, thing.first_sequence),
            inbox_sequences.last_sequence = GREATEST(inbox_sequences.last_sequence, thing.last_sequence)`,
    { rows: JSON.stringify(rows) },
    tx,
  );
}

/** Lets events take effect that have not yet, and notes that they have: both, or none. */
export async function applyEvents(
  { database, listener }: InboxDependencies,
  tx: Transaction,
  events: readonly CloudEvent[],
): Promise<void> {
  const fresh = await claimFresh(database, tx, events);
  if (fresh.length === 0) return;
  for (const event of fresh) await listener.handlers[event.type]?.(tx, event);
  await listener.every?.(tx, fresh);
  await countApplied(database, tx, fresh);
}

/** Whether the database is to blame, and not the events. */
export const isAway = (error: unknown): boolean => isPassing(error) || error instanceof ConnectionError;

async function applyOrPark(dependencies: InboxDependencies, event: CloudEvent): Promise<void> {
  const { database, logger } = dependencies;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await database.transaction((tx) => applyEvents(dependencies, tx, [event]));
      return;
    } catch (error) {
      if (isAway(error)) throw error;
      logger.warn('an event could not be applied', { eventId: event.id, type: event.type, attempt, error });
      if (attempt >= maxAttempts) {
        await parkUnapplied(database, { event, error, attempts: attempt });
        return;
      }
      await sleep(firstPauseMs * 2 ** attempt * Math.random());
    }
  }
}

/**
 * Lets a batch of events take effect, each once, however often it comes. One that fails five times is parked as a dead
 * letter, and the others go on.
 * @throws what the database says while it is away: then the batch has to come again, and what is done already stays
 */
export async function receiveEvents(
  dependencies: InboxDependencies,
  events: readonly CloudEvent[],
): Promise<void> {
  if (events.length === 0) return;
  try {
    await dependencies.database.transaction((tx) => applyEvents(dependencies, tx, events));
  } catch (error) {
    if (isAway(error)) throw error;
    for (const event of events) await applyOrPark(dependencies, event);
  }
}
