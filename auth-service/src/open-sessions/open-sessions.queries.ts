import type { Database } from '@tradepost/service-kit/database.ts';
import type { Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound, type Problem } from '@tradepost/service-kit/problem.ts';
import type { Transaction } from 'sequelize';

interface OpenSession {
  id: string;
  createdAt: Date;
  /** When it was last refreshed, or began. */
  refreshedAt: Date;
  expiresAt: Date;
}

interface Selection {
  userId: string;
  /** Only this one. */
  sessionId?: string;
  cursor?: string | undefined;
  limit?: number;
}

/** A session has nothing that anybody edits: it is there in its first version, or it is not there. */
export const neverEdited: Versioned = { version: 1, fieldVersions: {} };

/** Sessions with a refresh token that still works, newest first, one more than asked for. */
export function listOpenSessions(
  { select }: Pick<Database, 'select'>,
  { userId, sessionId, cursor, limit = 1 }: Selection,
  tx?: Transaction,
): Promise<OpenSession[]> {
  return select<OpenSession>(
    `SELECT sessions.id, created_at AS createdAt, expires_at - INTERVAL 30 DAY AS refreshedAt,
            expires_at AS expiresAt
       FROM sessions JOIN refresh_tokens ON session_id = sessions.id
      WHERE user_id = :userId AND ended_at IS NULL AND used_at IS NULL AND expires_at > NOW(3)
        AND (:sessionId IS NULL OR sessions.id = :sessionId) AND (:cursor IS NULL OR sessions.id < :cursor)
      ORDER BY sessions.id DESC LIMIT :rows`,
    { userId, sessionId: sessionId ?? null, cursor: cursor ?? null, rows: limit + 1 },
    tx,
  );
}

export const noSuchSession = (): Problem => notFound('You have no such session.');

/** A session of one's own that is open; 404 for any other. */
export async function readOpenSession(
  database: Pick<Database, 'select'>,
  { sessionId, userId }: { sessionId: string; userId: string },
  tx: Transaction,
): Promise<OpenSession> {
  const [session] = await listOpenSessions(database, { sessionId, userId }, tx);
  if (!session) throw noSuchSession();
  return session;
}

/** What its owner sees of a session. */
export function viewSession({ id, createdAt, refreshedAt, expiresAt }: OpenSession, currentId: string) {
  return {
    id,
    isCurrent: id === currentId,
    createdAt: createdAt.toISOString(),
    refreshedAt: refreshedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    version: neverEdited.version,
  };
}
