import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

interface Redaction {
  /** Of what the events tell. */
  subject: string;
  /** Members of their data that are to be gone. */
  fields: readonly string[];
}

const reason = 'what it said went with the data it was about';

const about = `JSON_VALUE(event, '$.subject') = :subject`;
const redacted = (fields: readonly string[]): string =>
  `JSON_REMOVE(event, ${fields.map((field) => `'$.data.${field}'`).join(', ')})`;

/** Found first and changed by their keys: an UPDATE that looks for them would wait for every row that a relay deletes. */
async function redactWaiting(
  database: Database,
  tx: Transaction,
  { subject, fields }: Redaction,
): Promise<void> {
  const waiting = await database.select<{ position: number }>(
    `SELECT position FROM outbox WHERE ${about}`,
    { subject },
    tx,
  );
  if (waiting.length === 0) return;
  const positions = waiting.map(({ position }) => position);
  const sql = `UPDATE outbox SET event = ${redacted(fields)} WHERE position IN (:positions)`;
  await database.change(sql, { positions }, tx);
}

async function redactParked(
  database: Database,
  tx: Transaction,
  { subject, fields }: Redaction,
): Promise<void> {
  const parked = await database.select<{ id: string }>(
    `SELECT id FROM dead_letters WHERE ${about}`,
    { subject },
    tx,
  );
  if (parked.length === 0) return;
  const ids = parked.map(({ id }) => id);
  const sql = `UPDATE dead_letters SET event = ${redacted(fields)}, error = :reason WHERE id IN (:ids)`;
  await database.change(sql, { ids, reason }, tx);
}

/**
 * Takes members out of the data of events that wait or were set aside, as if they had never been told; ids and sequences
 * stay. Whoever calls has the row of the subject locked, so that no more such events come.
 */
export async function redactEvents(database: Database, tx: Transaction, redaction: Redaction): Promise<void> {
  await redactWaiting(database, tx, redaction);
  // After the outbox: an event that a relay set aside meanwhile is found here.
  await redactParked(database, tx, redaction);
  // And one that an admin replayed meanwhile is found there.
  await redactWaiting(database, tx, redaction);
}
