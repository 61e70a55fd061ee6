import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { findAccount } from '../accounts/accounts.queries.ts';
import { User } from '../accounts/user.model.ts';
import { hashRefreshToken } from './hash-refresh-token.ts';
import { issueTokens, type TokenIssuer, type Tokens } from './issue-tokens.ts';
import { Session } from './session.model.ts';
import { refreshInvalid, refreshReused } from './sessions.errors.ts';

interface RefreshDependencies {
  database: Database;
  tokenIssuer: TokenIssuer;
  leewaySeconds: number;
}

interface TokenRow {
  session_id: string;
  reused: number;
  forgiven: number;
}

/** Of two requests with one token, one finds it unused: the affected row decides. */
async function useToken(database: Database, tokenHash: string, tx: Transaction): Promise<boolean> {
  const used = await database.change(
    `UPDATE refresh_tokens SET used_at = NOW(3)
      WHERE token_hash = :tokenHash AND used_at IS NULL AND expires_at > NOW(3)
        AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = session_id AND ended_at IS NULL)`,
    { tokenHash },
    tx,
  );
  return used === 1;
}

async function readToken(
  { database, leewaySeconds }: RefreshDependencies,
  tokenHash: string,
  tx?: Transaction,
): Promise<TokenRow | undefined> {
  const [row] = await database.select<TokenRow>(
    `SELECT session_id, used_at IS NOT NULL AS reused,
            COALESCE(used_at > NOW(3) - INTERVAL :leewaySeconds SECOND, FALSE) AS forgiven
       FROM refresh_tokens WHERE token_hash = :tokenHash`,
    { tokenHash, leewaySeconds },
    tx,
  );
  return row;
}

/** A token that comes twice was stolen from one of the two who sent it: the whole family ends (RFC 9700 section 4.14.2). */
async function refuse(dependencies: RefreshDependencies, tokenHash: string): Promise<never> {
  const row = await readToken(dependencies, tokenHash);
  if (!row?.reused) throw invalid();
  if (!row.forgiven) {
    await dependencies.database.change(
      'UPDATE sessions SET ended_at = NOW(3) WHERE id = :sessionId AND ended_at IS NULL',
      {
        sessionId: row.session_id,
      },
    );
  }
  throw refreshReused('A refresh token works once; log in again.');
}

const invalid = (): Error => refreshInvalid('It is unknown, expired or of an ended session; log in again.');

/** Issues the next pair. The account's row is locked: a change of its rights runs before, and is seen here, or after. */
async function issueNext(
  { tokenIssuer }: RefreshDependencies,
  sessionId: string,
  tx: Transaction,
): Promise<Tokens> {
  const { userId } = await Session.findByPk(sessionId, { transaction: tx, rejectOnEmpty: true });
  await User.findByPk(userId, { lock: tx.LOCK.SHARE, transaction: tx });
  const account = await findAccount(userId, tx);
  if (!account || account.user.disabledAt) throw invalid();
  return issueTokens(tokenIssuer, { account, sessionId }, tx);
}

/** Rotates a refresh token: uses it up and issues the next pair; a token that was used before ends its session. */
export async function refreshSession(
  dependencies: RefreshDependencies,
  { refreshToken }: { refreshToken: string },
): Promise<Tokens> {
  const { database } = dependencies;
  const tokenHash = hashRefreshToken(refreshToken);
  const tokens = await database.transaction(async (tx) => {
    if (!(await useToken(database, tokenHash, tx))) return undefined;
    const token = await readToken(dependencies, tokenHash, tx);
    return token && issueNext(dependencies, token.session_id, tx);
  });
  return tokens ?? refuse(dependencies, tokenHash);
}
