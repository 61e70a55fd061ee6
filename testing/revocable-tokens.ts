import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { authenticateUsers, type Authenticate, signToken } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { followRevocations } from '@tradepost/revocations/follow-revocations.ts';

interface TestToken {
  id: string;
  roles: readonly string[];
  /** `iat`, in seconds. */
  issuedAt: number;
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const expected = { issuer: 'tradepost', audience: 'tradepost' };

/** Checks access tokens of this file as a service does that does not own the accounts. */
export const authenticateWithRevocations = (database: Database): Authenticate =>
  authenticateUsers(() => Promise.resolve(publicKey), expected, followRevocations(database));

/** The Authorization header with a token that was issued at some time and has not expired. */
export function bearerIssuedAt({ id: sub, roles, issuedAt: iat }: TestToken): string {
  const exp = Math.floor(Date.now() / 1_000) + 900;
  const claims = { iss: expected.issuer, aud: expected.audience, sub, roles, sid: sub, iat, exp };
  return `Bearer ${signToken({ kid: 'test', privateKey }, 'at+jwt', claims)}`;
}

interface AccountChange {
  accountId: string;
  sequence: number;
  /** Without it the account was deleted. */
  tokensValidAfter?: number;
}

/** The event by which auth-service tells that a right was taken away, or that the account was deleted. */
export function accountChanged({ accountId, sequence, tokensValidAfter }: AccountChange) {
  const isDeleted = tokensValidAfter === undefined;
  return {
    specversion: '1.0' as const,
    id: randomUUID(),
    source: '/auth-service/customers',
    type: isDeleted ? 'customer.deleted' : 'customer.changed',
    subject: accountId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json' as const,
    partitionkey: accountId,
    sequence,
    data: {
      customerId: accountId,
      ...(!isDeleted && { changedFields: ['roles'], tokensValidAfter }),
    },
  };
}
