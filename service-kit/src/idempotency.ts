import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import { afterCommit, type Database, isDuplicate, isLockedOut } from './database.ts';
import { idempotencyKeyReused, Problem, problemBody, requestInProgress } from './problem.ts';

/** A request that carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
export interface KeyedRequest {
  callerId: string;
  /** SHA-256 of caller, method, canonical path (route template and parsed ids) and key: the key is unique in it. */
  scope: Buffer;
  /** SHA-256 of the body. */
  bodyDigest: Buffer;
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

/** A use case's hold on the key of its request. */
export interface Once<Result> {
  readonly request: KeyedRequest;
  /** Stores the answer of a result. The first answer that is stored is the one that every repeat gets. */
  keep(result: Result, tx?: Transaction): Promise<void>;
  /** The answer of a result, for a group that stores the answers of its requests with insertAnswers. */
  render(result: Result): KeptAnswer;
  /** Takes over the answer that a group stored for this request, once its transaction has committed. */
  accept(answer: KeptAnswer): void;
  /** Whether this request has an answer. An answer counts once its transaction has committed. */
  isKept(): boolean;
}

interface OnceOptions<Result> {
  /** Does the work; claims the key in its first transaction and keeps the result in its last. */
  work(once: Once<Result>): Promise<unknown>;
  answer(result: Result): { status: number; headers?: Record<string, string>; body: object } | Problem;
  /** The result as the claimed resource stands now, for a repeat whose first request died. */
  recover(resourceId: string): Promise<Result>;
}

export interface KeyRow {
  bodyDigest: Buffer;
  resourceId: string;
  status: number | null;
  headers: string;
  body: string;
  isAbandoned: number;
}

/** A key, and the id of the order, payment, refund or ledger entry that its request makes. */
export interface Claim {
  request: KeyedRequest;
  resourceId: string;
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

const digest = (...parts: string[]): Buffer => createHash('sha256').update(parts.join('\n')).digest();

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

export const insertClaim = `INSERT INTO idempotency_claims (scope, body_digest, resource_id, lease_until) VALUES`;
export const claimRow = `(?, ?, ?, NOW(3) + INTERVAL ${leaseSeconds} SECOND)`;

/**
 * Claims a key in the transaction that creates its resource: both commit, or none.
 * A second request with the same key waits here for the first one's COMMIT, and then finds the key taken.
 */
export async function claimKey(
  database: Database,
  tx: Transaction,
  { request, resourceId }: Claim,
): Promise<void> {
  try {
    await database.sequelize.query(`${insertClaim} ${claimRow}`, {
      replacements: [request.scope, request.bodyDigest, resourceId],
      type: QueryTypes.INSERT,
      transaction: tx,
    });
  } catch (error) {
    // A request that waits in vain for the lock on a key waits for a first request that still works in its one
    // transaction. When that one is refused and rolls back, all that waited want the key at once: InnoDB lets one have it.
    throw isDuplicate(error) || isLockedOut(error) ? new KeyTaken() : error;
  }
}

/** The error of a request whose key another request has claimed; answerOnce then waits for that request's answer. */
export const keyTaken = (): Error => new KeyTaken();

async function readKey(database: Database, scope: Buffer, tx?: Transaction): Promise<KeyRow | undefined> {
  const [row] = await database.select<KeyRow>(
    `SELECT body_digest AS bodyDigest, claim.resource_id AS resourceId, status, headers, body,
            lease_until < NOW(3) AS isAbandoned
       FROM idempotency_claims AS claim
       LEFT JOIN idempotency_answers AS answer ON answer.resource_id = claim.resource_id
      WHERE scope = :scope`,
    { scope },
    tx,
  );
  return row;
}

export function storedAnswer({ status, headers, body }: Omit<KeyRow, 'bodyDigest'>): KeptAnswer | undefined {
  if (status === null) return undefined;
  return { status, headers: JSON.parse(headers) as Record<string, string>, text: body };
}

function render(answer: ReturnType<OnceOptions<unknown>['answer']>, request: KeyedRequest): KeptAnswer {
  if (answer instanceof Problem) {
    const headers = { 'Content-Type': 'application/problem+json', ...answer.headers };
    return { status: answer.status, headers, text: problemBody(answer, request) };
  }
  const headers = { 'Content-Type': 'application/json', ...answer.headers };
  return { status: answer.status, headers, text: JSON.stringify(answer.body) };
}

export const insertAnswer = 'INSERT INTO idempotency_answers (resource_id, status, headers, body)';
export const keepFirst = 'ON DUPLICATE KEY UPDATE resource_id = idempotency_answers.resource_id';

/** Stores a refusal that left no resource; false when another request has claimed the key, or is about to. */
async function keepRefusal(database: Database, request: KeyedRequest, answer: KeptAnswer): Promise<boolean> {
  try {
    await database.transaction(async (tx) => {
      await claimKey(database, tx, { request, resourceId: uuidv7() });
      await storeAnswer(database, request, { answer, tx });
    });
    return true;
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    return false;
  }
}

/** Stores the answer of a claimed key unless it has one; tells whether it did. */
async function storeAnswer(
  database: Database,
  { scope }: KeyedRequest,
  { answer: { status, headers, text }, tx }: { answer: KeptAnswer; tx: Transaction | undefined },
): Promise<boolean> {
  const stored = await database.change(
    `${insertAnswer} SELECT resource_id, :status, :headers, :text FROM idempotency_claims WHERE scope = :scope
       ${keepFirst}`,
    { scope, status, headers: JSON.stringify(headers), text },
    tx,
  );
  return stored === 1;
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
  const isFirst = await storeAnswer(database, request, { answer, tx });
  const row = isFirst ? undefined : await readKey(database, request.scope, tx);
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
      render: (result) => render(run.answer(result), request),
      accept: (answer) => void (run.kept = answer),
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
    if (!row.bodyDigest.equals(run.request.bodyDigest)) {
      throw idempotencyKeyReused('This Idempotency-Key came with another body before; use a fresh key.');
    }
    const stored = storedAnswer(row);
    if (stored) return stored;
    if (row.isAbandoned) {
      await keep(run, await run.recover(row.resourceId));
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
