import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { CloudEvent } from './cloud-event.ts';

interface Parked {
  event: CloudEvent;
  error: unknown;
  attempts: number;
  /** Which sink refused it, and under which topic it was; neither, when it could not be applied here. */
  sink?: string;
  topic?: string;
}

const longestError = 500;

/** Keeps an event for an admin to look at. Somebody else may have parked it already: once is enough. */
async function insertDeadLetter(
  database: Database,
  tx: Transaction,
  { event, error, attempts, sink = '', topic = '' }: Parked,
): Promise<void> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, longestError);
  await database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     VALUES (:id, :eventId, :sink, :topic, :type, :event, :reason, :attempts)
         ON DUPLICATE KEY UPDATE error = :reason, attempts = attempts + :attempts`,
    {
      id: uuidv7(),
      eventId: event.id,
      type: event.type,
      event: JSON.stringify(event),
      sink,
      topic,
      reason,
      attempts,
    },
    tx,
  );
}

/** Takes an event that a sink refuses out of the outbox. */
export async function parkRefused(
  database: Database,
  { position, ...parked }: Omit<Parked, 'event'> & { position: number },
): Promise<void> {
  await database.transaction(async (tx) => {
    // As the row has it by now: what was personal in it may be gone since the relay read it.
    const [row] = await database.select<{ event: string }>(
      'SELECT event FROM outbox WHERE position = :position FOR UPDATE',
      { position },
      tx,
    );
    if (!row) return;
    await insertDeadLetter(database, tx, { ...parked, event: JSON.parse(row.event) as CloudEvent });
    await database.change('DELETE FROM outbox WHERE position = :position', { position }, tx);
  });
}

/** Sets an event aside that could not be applied here, so that those behind it can. */
export async function parkUnapplied(database: Database, parked: Parked): Promise<void> {
  await database.transaction((tx) => insertDeadLetter(database, tx, parked));
}
