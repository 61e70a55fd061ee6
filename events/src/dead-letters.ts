import type { Database } from '@tradepost/service-kit/database.ts';
import { defineProblem, notFound } from '@tradepost/service-kit/problem.ts';
import type { CloudEvent } from './cloud-event.ts';
import { applyEvents, type InboxDependencies, isAway } from './receive-events.ts';

export const replayFailed = defineProblem('replay-failed', 409, 'The event fails again');

/** An event that was set aside, so that those behind it could go on. */
export interface DeadLetter {
  id: string;
  /** The sink that refused it; empty when it could not be applied here. */
  sink: string;
  topic: string;
  event: CloudEvent;
  error: string;
  attempts: number;
  parkedAt: Date;
}

type Row = Omit<DeadLetter, 'event'> & { event: string };

const toDeadLetter = (row: Row): DeadLetter => ({ ...row, event: JSON.parse(row.event) as CloudEvent });
const columns = 'id, sink, topic, event, error, attempts, parked_at AS parkedAt';

/** Dead letters of one service, newest first, one more than asked for. */
export async function listDeadLetters(
  { database }: { database: Database },
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<DeadLetter[]> {
  const rows = await database.select<Row>(
    `SELECT ${columns} FROM dead_letters WHERE :cursor IS NULL OR id < :cursor ORDER BY id DESC LIMIT :rows`,
    { cursor: cursor ?? null, rows: limit + 1 },
  );
  return rows.map(toDeadLetter);
}

/** @returns the letter, or undefined when there is none any more */
async function giveAnotherTry(dependencies: InboxDependencies, id: string): Promise<DeadLetter | undefined> {
  const { database } = dependencies;
  return database.transaction(async (tx) => {
    // Locked: two admins at once replay it once, and what was personal in it does not come back.
    const sql = `SELECT ${columns} FROM dead_letters WHERE id = :id FOR UPDATE`;
    const [row] = await database.select<Row>(sql, { id }, tx);
    if (!row) return undefined;
    const letter = toDeadLetter(row);
    await database.change('DELETE FROM dead_letters WHERE id = :id', { id }, tx);
    if (letter.sink === '') await applyEvents(dependencies, tx, [letter.event]);
    else
      await database.change(
        'INSERT INTO outbox (sink, topic, event) VALUES (:sink, :topic, :event)',
        { sink: row.sink, topic: row.topic, event: row.event },
        tx,
      );
    return letter;
  });
}

/**
 * Gives a dead letter another try: it takes effect here, or goes to its sink again. One that fails again stays as it is.
 * @throws 404 when there is none, 409 when it fails again
 */
export async function replayDeadLetter(dependencies: InboxDependencies, id: string): Promise<DeadLetter> {
  const letter = await giveAnotherTry(dependencies, id).catch((error: unknown) => {
    if (isAway(error)) throw error;
    dependencies.logger.warn('a dead letter fails again', { letterId: id, error });
    throw replayFailed('The log tells why; mend that, then replay it again.');
  });
  if (!letter) throw notFound('There is no dead letter with this id.');
  return letter;
}

/** What admins see of a dead letter. */
export function viewDeadLetter({ id: letterId, sink, event, error, attempts, parkedAt }: DeadLetter) {
  return {
    id: letterId,
    sink: sink || null,
    type: event.type,
    event,
    error,
    attempts,
    parkedAt: parkedAt.toISOString(),
  };
}
