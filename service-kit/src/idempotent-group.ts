import type { Database } from './database.ts';
import {
  type Claim,
  claimRow,
  insertAnswer,
  insertClaim,
  keepFirst,
  type KeptAnswer,
  type KeyRow,
  storedAnswer,
} from './idempotency.ts';
import type { PacketTransaction, Statement, StatementResult } from './packet-transaction.ts';

/** The statement that claims the keys of a group. No two claims of the group may have the same scope. */
export function insertClaims(claims: readonly Claim[]): Statement {
  // In one order everywhere, so that two groups with the same keys do not wait for each other.
  const sorted = claims.toSorted((a, b) => Buffer.compare(a.request.scope, b.request.scope));
  return {
    sql: `${insertClaim} ${sorted.map(() => claimRow).join(', ')} ON DUPLICATE KEY UPDATE id = id`,
    values: sorted.flatMap(({ request, resourceId }) => [request.scope, request.bodyDigest, resourceId]),
  };
}

/**
 * Finds the keys of a group that other requests have claimed before.
 * @param inserted result of insertClaims
 * @returns their scopes in hexadecimal digits; the requests with these keys must not go on
 */
export async function findTaken(
  tx: PacketTransaction,
  claims: readonly Claim[],
  inserted: StatementResult | undefined,
): Promise<Set<string>> {
  if (inserted?.changed === claims.length) return new Set();
  const [found] = await tx.send({
    sql: 'SELECT scope, resource_id AS resourceId FROM idempotency_claims WHERE scope IN (?)',
    values: [claims.map(({ request }) => request.scope)],
  });
  const own = new Set(claims.map(({ resourceId }) => resourceId));
  const others = (found?.rows ?? []).filter(({ resourceId }) => !own.has(resourceId as string));
  return new Set(others.map(({ scope }) => (scope as Buffer).toString('hex')));
}

/** The answer of one resource of a group. */
export interface ResourceAnswer {
  resourceId: string;
  answer: KeptAnswer;
}

/** The statement that stores the answers of a group. An answer that a resource has already stays. */
export function insertAnswers(answers: readonly ResourceAnswer[]): Statement {
  const rows = answers.map(({ resourceId, answer: { status, headers, text } }) => [
    resourceId,
    status,
    JSON.stringify(headers),
    text,
  ]);
  return { sql: `${insertAnswer} VALUES ? ${keepFirst}`, values: [rows] };
}

/**
 * The answers that are stored for a group, in its order: for each resource the first one.
 * @param inserted result of insertAnswers, whose transaction has committed
 */
export async function readStored(
  database: Database,
  answers: readonly ResourceAnswer[],
  inserted: StatementResult | undefined,
): Promise<KeptAnswer[]> {
  if (inserted?.changed === answers.length) return answers.map(({ answer }) => answer);
  const rows = await database.select<Omit<KeyRow, 'bodyDigest'>>(
    'SELECT resource_id AS resourceId, status, headers, body FROM idempotency_answers WHERE resource_id IN (:ids)',
    { ids: answers.map(({ resourceId }) => resourceId) },
  );
  const stored = new Map(rows.map((row) => [row.resourceId, storedAnswer(row)]));
  return answers.map(({ resourceId, answer }) => stored.get(resourceId) ?? answer);
}
