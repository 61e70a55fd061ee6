import type { Transaction } from 'sequelize';
import type { Database } from './database.ts';

/** A rule about rows of this database, in SQL that MySQL and MariaDB read alike. */
export interface Check {
  /** The invariant's number in the specification. */
  invariant: number;
  says: string;
  /** SELECT of `checked`: how many rows the rule is about. */
  counts: string;
  /** SELECT of the `id` of every row that breaks the rule. */
  finds: string;
}

/** What came of a check. */
export interface Finding {
  invariant: number;
  says: string;
  checked: number;
  breaches: number;
  /** The first of those that break it. */
  ids: string[];
}

const shownIds = 20;
/** Both servers take the second word in the same statement as the first; Sequelize knows only the first. */
const oneMoment = { isolationLevel: 'REPEATABLE READ, READ ONLY' } as object;

async function runCheck(
  database: Database,
  tx: Transaction,
  { invariant, says, counts, finds }: Check,
): Promise<Finding> {
  const [counted] = await database.select<{ checked: number | string }>(counts, {}, tx);
  const found = await database.select<{ id: string; breaches: number | string }>(
    `SELECT id, COUNT(*) OVER () AS breaches FROM (${finds}) AS offending GROUP BY id ORDER BY id LIMIT ${shownIds}`,
    {},
    tx,
  );
  const ids = found.map(({ id }) => id);
  return {
    invariant,
    says,
    checked: Number(counted?.checked),
    breaches: Number(found[0]?.breaches ?? 0),
    ids,
  };
}

/**
 * Runs checks on one picture of the database: what a transaction writes at once is seen at once, while others write
 * (MySQL manual 17.7.2.1, REPEATABLE READ).
 * @returns what came of each check, in their order
 */
export function runChecks(database: Database, checks: readonly Check[]): Promise<Finding[]> {
  // Not database.transaction(), which is READ COMMITTED: there each statement sees a picture of its own.
  return database.sequelize.transaction(oneMoment, async (tx) => {
    const findings: Finding[] = [];
    for (const check of checks) findings.push(await runCheck(database, tx, check));
    return findings;
  });
}
