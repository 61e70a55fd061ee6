import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../local/refusal.ts';
import { databaseNames, forEachDatabase, type Sessions } from './databases.ts';

const attempts = 5;
/** Whoever wants to write waits meanwhile: better given up and tried again than a shop that stands still. */
const patienceSeconds = 2;
/** Should we vanish without a word, the server lets go by itself. */
const lostAfterSeconds = 10;
const lockWaitTimeout = 1205;

async function inAll(sessions: Sessions, sql: string): Promise<void> {
  await forEachDatabase((name) => sessions[name].run(sql));
}

/** False when a statement that runs for long kept one of the databases from standing still. */
async function tryToFreeze(sessions: Sessions): Promise<boolean> {
  const locks = databaseNames.map((name) => sessions[name].run('FLUSH TABLES WITH READ LOCK'));
  const results = await Promise.allSettled(locks);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return true;
  await inAll(sessions, 'UNLOCK TABLES');
  if ((failed.reason as { errno?: number }).errno === lockWaitTimeout) return false;
  throw failed.reason;
}

async function freeze(sessions: Sessions): Promise<number> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const startedAt = performance.now();
    if (await tryToFreeze(sessions)) return startedAt;
    await sleep(1_000);
  }
  throw new Refusal(
    `Some statement has run for long and keeps the databases from standing still: SHOW PROCESSLIST names it; try again when it is over.`,
  );
}

/**
 * From here on each session sees its database as it was at one and the same moment, whatever is written meanwhile.
 * A purchase is several transactions, here and there. Pictures of different moments could show an order without its
 * stock, which would then be sold twice. So all stand still together, even where each is a server of its own: a
 * lock of one forbids every commit, and each snapshot is taken under all the locks. It begins in the session that
 * holds the lock, which BEGIN does not let go (MySQL manual, 15.3.1), so that the pause is a few round trips.
 * @returns for how many milliseconds nothing could be written
 */
export async function takeSnapshot(sessions: Sessions): Promise<number> {
  await inAll(sessions, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await inAll(
    sessions,
    `SET SESSION lock_wait_timeout = ${patienceSeconds}, wait_timeout = ${lostAfterSeconds}`,
  );
  const startedAt = await freeze(sessions);
  await inAll(sessions, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  await inAll(sessions, 'UNLOCK TABLES');
  const pausedMs = Math.round(performance.now() - startedAt);
  await inAll(sessions, 'SET SESSION lock_wait_timeout = DEFAULT, wait_timeout = DEFAULT');
  return pausedMs;
}
