/**
 * All tokens of families whose last one expired a day ago, used or not: a family keeps each until then, so that one that comes
 * twice is known. A family leaves as a whole, in one statement.
 */
export const oldFamilies = `
  DELETE refresh_tokens FROM refresh_tokens
    JOIN (SELECT session_id FROM refresh_tokens
           WHERE used_at IS NULL AND expires_at < NOW(3) - INTERVAL 1 DAY LIMIT 100) AS family
      ON family.session_id = refresh_tokens.session_id`;

/** Sessions without any token. One that began lately may be about to get its first. */
export const oldSessions = `
  DELETE FROM sessions
   WHERE created_at < NOW(3) - INTERVAL 31 DAY
     AND NOT EXISTS (SELECT 1 FROM refresh_tokens WHERE session_id = sessions.id) LIMIT 1000`;
