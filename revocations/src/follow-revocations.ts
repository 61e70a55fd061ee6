import { setTimeout as sleep } from 'node:timers/promises';
import type { IsRevoked } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import { keptSeconds } from './note-revocation.ts';

type Snapshot = ReadonlyMap<string, number>;

/** A request that finds an older snapshot starts the next read. */
const freshMs = 1_000;
/** A request that finds a snapshot as old as this waits for the read: the process was idle. */
const staleMs = 2_000;
/** A database that does not answer delays requests by this much, once for each read. */
const patienceMs = 1_000;

async function readSnapshot({ select }: Pick<Database, 'select'>): Promise<Snapshot> {
  const rows = await select<{ accountId: string; validAfter: number | string }>(
    `SELECT account_id AS accountId, valid_after AS validAfter FROM token_revocations
      WHERE noted_at > NOW(3) - INTERVAL ${keptSeconds} SECOND`,
  );
  return new Map(rows.map(({ accountId, validAfter }) => [accountId, Number(validAfter)]));
}

/**
 * Checks tokens against a snapshot of token_revocations in memory. Requests refresh it, at most once a second and one read
 * at a time; an idle process reads nothing. While the database does not answer, the last snapshot stays in use.
 * @returns the check; it throws 503 while no snapshot was ever read
 */
export function followRevocations(database: Pick<Database, 'select'>): IsRevoked {
  let snapshot: Snapshot | undefined;
  let readAt = -Infinity;
  let askedAt = -Infinity;
  let isReading = false;
  let turn: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<void> => {
    const startedAt = performance.now();
    try {
      snapshot = await readSnapshot(database);
      readAt = startedAt;
    } catch {
      // The database is away: the last snapshot stays, and what needs the database reports the failure.
    } finally {
      isReading = false;
    }
  };
  const refresh = (now: number): void => {
    askedAt = now;
    isReading = true;
    turn = Promise.race([read(), sleep(patienceMs, undefined, { ref: false })]);
  };
  const judge: (...token: Parameters<IsRevoked>) => boolean = (accountId, issuedAt) => {
    if (snapshot === undefined) throw unavailable('Access tokens cannot be checked now; try again.');
    return issuedAt <= (snapshot.get(accountId) ?? -1);
  };

  return (accountId, issuedAt) => {
    const now = performance.now();
    if (!isReading && now - askedAt > freshMs) refresh(now);
    if (now - readAt <= staleMs) return judge(accountId, issuedAt);
    return turn.then(() => judge(accountId, issuedAt));
  };
}
