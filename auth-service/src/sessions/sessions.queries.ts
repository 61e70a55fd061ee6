/**
 * Tokens of families whose last one expired a day ago, used or not: a family keeps each until then, so that one that comes
 * twice is known. The unused one, by which a family is found, goes last.
 */
export const oldFamilies = `
  DELETE FROM refresh_tokens
   WHERE session_id IN (SELECT session_id FROM (
           SELECT session_id FROM refresh_tokens
            WHERE used_at IS NULL AND expires_at < NOW(3) - INTERVAL 1 DAY LIMIT 100) AS family)
   ORDER BY used_at DESC LIMIT 1000`;

/** Sessions whose tokens are gone. No token lives for longer than 30 days, so none of a younger session is. */
export const oldSessions = `
  DELETE FROM sessions
   WHERE created_at < NOW(3) - INTERVAL 31 DAY
     AND NOT EXISTS (SELECT 1 FROM refresh_tokens WHERE session_id = sessions.id) LIMIT 1000`;
