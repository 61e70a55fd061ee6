import { randomBytes } from 'node:crypto';
import { accessTokenSeconds, signToken } from '@tradepost/service-kit/authenticate.ts';
import { literal, type Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../accounts/accounts.queries.ts';
import { User } from '../accounts/user.model.ts';
import { hashRefreshToken } from './hash-refresh-token.ts';
import type { SigningKeys } from '../signing-keys/load-signing-keys.ts';
import { RefreshToken } from './refresh-token.model.ts';

export interface TokenIssuer {
  keys: SigningKeys;
  issuer: string;
  audience: string;
}

export interface Tokens {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
}

/**
 * The time of the database, in seconds, and the `iat` of a token that is issued now. It is later than tokensValidAfter, by
 * as much as a second ahead of the clock: RFC 7519 counts whole seconds here, and a token may be issued in the second in
 * which a right was taken away.
 */
async function readTimes(userId: string, tx: Transaction): Promise<{ now: number; issuedAt: number }> {
  const user = await User.findByPk(userId, {
    attributes: ['tokensValidAfter', [literal('UNIX_TIMESTAMP()'), 'now']],
    transaction: tx,
    rejectOnEmpty: true,
  });
  const now = Number(user.get('now'));
  return { now, issuedAt: Math.max(now, Number(user.tokensValidAfter) + 1) };
}

/**
 * Issues the next pair of a session: an access token (RFC 9068) and the refresh token that replaces it, stored hashed. The
 * transaction holds a lock on the account's row, so that its rights do not change before the commit.
 */
export async function issueTokens(
  { keys, issuer, audience }: TokenIssuer,
  { account, sessionId }: { account: Account; sessionId: string },
  tx: Transaction,
): Promise<Tokens> {
  const refreshToken = randomBytes(32).toString('base64url');
  await RefreshToken.create(
    {
      tokenHash: hashRefreshToken(refreshToken),
      sessionId,
      expiresAt: literal('NOW(3) + INTERVAL 30 DAY') as unknown as Date,
    },
    { transaction: tx },
  );
  const { now, issuedAt } = await readTimes(account.user.id, tx);
  const accessToken = signToken(keys.current(), 'at+jwt', {
    iss: issuer,
    aud: audience,
    sub: account.user.id,
    roles: account.roles,
    sid: sessionId,
    iat: issuedAt,
    exp: now + accessTokenSeconds,
    jti: uuidv7(),
  });
  return { accessToken, expiresIn: accessTokenSeconds, refreshToken };
}
