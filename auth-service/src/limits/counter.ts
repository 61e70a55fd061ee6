import { createHash } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';

/** How often something happened in the window at work, and when that ends. */
export interface Count {
  hits: number;
  endsInMs: number;
}

/** What is counted, for how long from its first hit on. */
export interface Window {
  digest: string;
  seconds: number;
}

type CountRow = Count & { digest: string };

/** All by the clock of the database: replicas whose clocks differ count in one window. */
const columns = 'digest, hits, TIMESTAMPDIFF(MICROSECOND, NOW(3), ends_at) DIV 1000 AS endsInMs';

/** Windows that are over, a bounded number at a time. */
export const endedWindows = 'DELETE FROM rate_limits WHERE ends_at < NOW(3) LIMIT 1000';

/** The name of a row: what a limit counts, without a way back to an e-mail address that one does not guess. */
export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function toCount({ hits, endsInMs }: Count): Count {
  return { hits: Number(hits), endsInMs: Number(endsInMs) };
}

/** Counts one more, and tells which it was: of any number at once, over all replicas, each gets a number of its own. */
export async function countHit(database: Database, { digest, seconds }: Window): Promise<Count> {
  return database.transaction(async (tx) => {
    // Assignments run from left to right: `hits` still sees the old end of the window.
    await database.change(
      `INSERT INTO rate_limits (digest, hits, ends_at) VALUES (:digest, 1, NOW(3) + INTERVAL :seconds SECOND)
       ON DUPLICATE KEY UPDATE hits = IF(ends_at > NOW(3), hits + 1, 1),
                               ends_at = IF(ends_at > NOW(3), ends_at, NOW(3) + INTERVAL :seconds SECOND)`,
      { digest, seconds },
      tx,
    );
    // The row is locked until the commit: this is the number that the statement above has made.
    const [row] = await database.select<CountRow>(
      `SELECT ${columns} FROM rate_limits WHERE digest = :digest`,
      { digest },
      tx,
    );
    return row ? toCount(row) : { hits: 1, endsInMs: seconds * 1_000 };
  });
}

/** Takes one back. */
export async function uncountHit(database: Database, digest: string): Promise<void> {
  await database.change(
    'UPDATE rate_limits SET hits = hits - 1 WHERE digest = :digest AND hits > 0 AND ends_at > NOW(3)',
    { digest },
  );
}

/** The counts of windows that are not over; what was not counted is missing. */
export async function readCounts(
  database: Database,
  digests: readonly string[],
): Promise<Map<string, Count>> {
  const rows = await database.select<CountRow>(
    `SELECT ${columns} FROM rate_limits WHERE digest IN (:digests) AND ends_at > NOW(3)`,
    { digests },
  );
  return new Map(rows.map((row) => [row.digest, toCount(row)]));
}

/** Keeps a row that counts nothing: its being there is all it tells. */
export async function keepRow(database: Database, { digest, seconds }: Window): Promise<void> {
  await database.change(
    `INSERT INTO rate_limits (digest, hits, ends_at) VALUES (:digest, 0, NOW(3) + INTERVAL :seconds SECOND)
     ON DUPLICATE KEY UPDATE ends_at = NOW(3) + INTERVAL :seconds SECOND`,
    { digest, seconds },
  );
}

export async function forgetRow(database: Database, digest: string): Promise<void> {
  await database.change('DELETE FROM rate_limits WHERE digest = :digest', { digest });
}
