import type { Database } from '@tradepost/service-kit/database.ts';

/** Rows and index entries that the session has read so far (MySQL manual, server status variables, Handler_read_*). */
async function readSoFar(database: Database): Promise<number> {
  const rows = await database.select<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'`);
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
}

/**
 * Counts how many rows and index entries the database reads for some work. This tells what a statement costs on a
 * machine of any speed.
 * @param database with a pool of one connection, because the figures are those of a session
 */
export async function countReads(database: Database, work: () => Promise<unknown>): Promise<number> {
  // The look itself reads, too: each server the same number at every look.
  const before = await readSoFar(database);
  const ofLook = (await readSoFar(database)) - before;
  const start = before + ofLook;
  await work();
  return (await readSoFar(database)) - start - ofLook;
}

/** A FROM clause with 10,000 rows, for INSERT ... SELECT. */
export const tenThousandRows = ['a', 'b', 'c', 'd']
  .map(
    (name) => `(SELECT 0 UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4
     UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) AS ${name}`,
  )
  .join(', ');
