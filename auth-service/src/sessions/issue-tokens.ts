import { randomBytes } from 'node:crypto';
import { signToken } from '@tradepost/service-kit/authenticate.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import { literal, type Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../accounts/accounts.queries.ts';
import { hashRefreshToken } from './hash-refresh-token.ts';
import type { SigningKeys } from '../signing-keys/load-signing-keys.ts';
import { RefreshToken } from './refresh-token.model.ts';

export interface TokenIssuer {
  keys: SigningKeys;
  issuer: string;
  audience: string;
  /** The database's: a token is judged by replicas whose own clocks differ. */
  clock: Clock;
}

export interface Tokens {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
}

const accessTokenSeconds = 15 * 60;

/** Issues the next pair of a session: an access token (RFC 9068) and the refresh token that will replace it, stored hashed. */
export async function issueTokens(
  { keys, issuer, audience, clock }: TokenIssuer,
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
  const issuedAt = Math.floor(clock.now() / 1000);
  const accessToken = signToken(keys.current(), 'at+jwt', {
    iss: issuer,
    aud: audience,
    sub: account.user.id,
    roles: account.roles,
    sid: sessionId,
    iat: issuedAt,
    exp: issuedAt + accessTokenSeconds,
    jti: uuidv7(),
  });
  return { accessToken, expiresIn: accessTokenSeconds, refreshToken };
}
