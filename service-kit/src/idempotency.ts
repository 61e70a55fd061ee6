import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import { afterCommit, type Database, isDuplicate, isLockedOut } from './database.ts';
import { fromJson } from './model-columns.ts';
import { idempotencyKeyReused, Problem, problemBody, requestInProgress } from './problem.ts';

/** A request that carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
export interface KeyedRequest {
  callerId: string;
  /** Digest of caller, method, canonical path (route template and parsed ids) and key: the key is unique in it. */
  scope: string;
  bodyDigest: string;
  path: string;
  requestId: string;
}

/** An answer as it went over the wire, so that a repeat gets the same bytes. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  replayed?: boolean;
}

/** What a use case holds of its key. */
export interface Once<Result> {
  readonly request: KeyedRequest;
  /** Stores the answer that the result stands for; the first answer stored is the one that everybody gets. */
  keep(result: Result, tx?: Transaction): Promise<void>;
  /** Whether this request has kept its answer: what a transaction kept counts once that has committed. */
  isKept(): boolean;
}

interface OnceOptions<Result> {
  /** Does the work; claims the key in its first transaction and keeps the result in its last. */
  work(once: Once<Result>): Promise<unknown>;
  answer(result: Result): { status: number; headers?: Record<string, string>; body: object } | Problem;
  /** The result as the claimed resource stands now, for a repeat whose first request died. */
  recover(resourceId: string): Promise<Result>;
}

interface KeyRow {
  body_digest: string;
  resource_id: string;
  status: number | null;
  headers: unknown;
  body: string;
  abandoned: number;
}

/** After this long without an answer the first request counts as dead; should it still live, the first answer stored wins. */
const leaseSeconds = 3;
const waitMs = 2_000;
const pollMs = 50;
/** Refusals that work came to; 400, 401, 403, 412, 428, 429 and every 5xx leave the key free for a better request. */
const keptRefusals = new Set([404, 409, 422]);

class KeyTaken extends Error {}

const stillRunning = (): Problem =>
  requestInProgress('The first request with this key is still running; repeat it.', {
    headers: { 'Retry-After': '1' },
  });

const digest = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');

/** Describes a keyed request; `path` is the canonical one, without a query. */
export function keyedRequest(input: {
  callerId: string;
  method: string;
  path: string;
  key: string;
  body: unknown;
  requestId: string;
}): KeyedRequest {
  const { callerId, method, path, key, body, requestId } = input;
  return {
    callerId,
    scope: digest(callerId, method, path, key),
    bodyDigest: digest(JSON.stringify(body)),
    path,
    requestId,
  };
}

/**
 * Takes keys in the transaction that creates their resources: both commit, or none.
 * A second request with the same key waits here for the first one's commit, and then finds the key taken.
 */
export async function claimKeys(
  database: Database,
  tx: Transaction,
  claims: readonly { request: KeyedRequest; resourceId: string }[],
): Promise<void> {
  const rows = claims.map(({ request, resourceId }) => [
    request.scope,
    request.callerId,
    request.bodyDigest,
    resourceId,
    leaseSeconds,
  ]);
  const values = rows.map(() => '(?, ?, ?, ?, NOW(3) + INTERVAL ? SECOND)').join(', ');
  try {
    await database.sequelize.query(
      `INSERT INTO idempotency_keys (scope, caller_id, body_digest, resource_id, lease_until) VALUES ${values}`,
      { replacements: rows.flat(), type: QueryTypes.INSERT, transaction: tx },
    );
  } catch (error) {
    // Who waits in vain for the lock on a key waits for a first request that still works in its one transaction. When
    // that one is refused and rolls back, all who waited want the place at once: InnoDB lets one of them have it.
    throw isDuplicate(error) || isLockedOut(error) ? new KeyTaken() : error;
  }
}

async function readKey(database: Database, scope: string, tx?: Transaction): Promise<KeyRow | undefined> {
  const [row] = await database.select<KeyRow>(
    `SELECT body_digest, resource_id, status, headers, body, lease_until < NOW(3) AS abandoned
       FROM idempotency_keys WHERE scope = :scope`,
    { scope },
    tx,
  );
  return row;
}

function storedAnswer(row: KeyRow): KeptAnswer | undefined {
  if (row.status === null) return undefined;
  return { status: row.status, headers: fromJson(row.headers), text: row.body };
}

function render(answer: ReturnType<OnceOptions<unknown>['answer']>, request: KeyedRequest): KeptAnswer {
  if (answer instanceof Problem) {
    const headers = { 'Content-Type': 'application/problem+json', ...answer.headers };
    return { status: answer.status, headers, text: problemBody(answer, request) };
  }
  const headers = { 'Content-Type': 'application/json', ...answer.headers };
  return { status: answer.status, headers, text: JSON.stringify(answer.body) };
}

/** Notes a refusal that left no resource behind; false when another request has taken the key meanwhile, or is about to. */
async function keepRefusal(database: Database, request: KeyedRequest, answer: KeptAnswer): Promise<boolean> {
  try {
    // A transaction, because only these are tried again after a deadlock: here all who wait for the key meet.
    const inserted = await database.transaction((tx) =>
      database.change(
        `INSERT IGNORE INTO idempotency_keys (scope, caller_id, body_digest, status, headers, body, lease_until)
         VALUES (:scope, :callerId, :bodyDigest, :status, :headers, :text, NOW(3))`,
        { ...request, ...answer, headers: JSON.stringify(answer.headers) },
        tx,
      ),
    );
    return inserted === 1;
  } catch (error) {
    if (!isLockedOut(error)) throw error;
    return false;
  }
}

interface Run<Result> extends OnceOptions<Result> {
  database: Database;
  request: KeyedRequest;
  giveUpAt: number;
  kept?: KeptAnswer;
}

async function keep<Result>(run: Run<Result>, result: Result, tx?: Transaction): Promise<void> {
  const { database, request } = run;
  const answer = render(run.answer(result), request);
  const first = await database.change(
    `UPDATE idempotency_keys SET status = :status, headers = :headers, body = :text
      WHERE scope = :scope AND status IS NULL`,
    { ...answer, headers: JSON.stringify(answer.headers), scope: request.scope },
    tx,
  );
  const row = first === 1 ? undefined : await readKey(database, request.scope, tx);
  // A transaction that fails keeps nothing.
  afterCommit(() => (run.kept = (row && storedAnswer(row)) ?? answer));
}

/** The answer of the work; undefined when another request has the key. */
async function workOnce<Result>(run: Run<Result>): Promise<KeptAnswer | undefined> {
  const { database, request } = run;
  try {
    await run.work({
      request,
      keep: (result, tx) => keep(run, result, tx),
      isKept: () => run.kept !== undefined,
    });
    if (!run.kept) throw new Error('The work ended without keeping an answer.');
    return run.kept;
  } catch (error) {
    if (error instanceof KeyTaken) return undefined;
    if (!(error instanceof Problem) || !keptRefusals.has(error.status)) throw error;
    const refusal = render(error, request);
    return (await keepRefusal(database, request, refusal)) ? refusal : undefined;
  }
}

/** The answer of the request that has the key, waited for; undefined when it left nothing, and the key is free again. */
async function awaitAnswer<Result>(run: Run<Result>): Promise<KeptAnswer | undefined> {
  for (;;) {
    const row = await readKey(run.database, run.request.scope);
    if (row === undefined) return undefined;
    if (row.body_digest !== run.request.bodyDigest) {
      throw idempotencyKeyReused('This Idempotency-Key came with another body before; use a fresh key.');
    }
    const stored = storedAnswer(row);
    if (stored) return stored;
    if (row.abandoned) {
      await keep(run, await run.recover(row.resource_id));
      return run.kept;
    }
    if (performance.now() > run.giveUpAt) throw stillRunning();
    await sleep(pollMs);
  }
}

/**
 * Answers a keyed request once: the first request works, every other with its key gets the same answer.
 * @returns the answer to send; `replayed` when another request made it
 * @throws 422 when the key was used with another body, 409 with Retry-After when the first request runs longer than 2 s
 */
export async function answerOnce<Result>(
  database: Database,
  request: KeyedRequest,
  options: OnceOptions<Result>,
): Promise<KeptAnswer> {
  const run: Run<Result> = { ...options, database, request, giveUpAt: performance.now() + waitMs };
  for (;;) {
    const first = await workOnce(run);
    if (first) return first;
    const replay = await awaitAnswer(run);
    if (replay) return { ...replay, replayed: true };
    if (performance.now() > run.giveUpAt) throw stillRunning();
    // Everybody who waited for the key finds it free now: coming back one after the other, they do not deadlock again.
    await sleep(Math.random() * 4 * pollMs);
  }
}
