import type { Check } from '@tradepost/service-kit/run-checks.ts';

// Sessions are named, never the hashes: an answer of the audit holds nothing that opens anything.
const unusedTokens: Check = {
  invariant: 12,
  says: 'a session has at most one refresh token that still works',
  counts: 'SELECT COUNT(*) AS checked FROM sessions',
  finds: `
    SELECT session_id AS id FROM refresh_tokens WHERE used_at IS NULL GROUP BY session_id HAVING COUNT(*) > 1`,
};

const tokenHashes: Check = {
  invariant: 12,
  says: 'of a refresh token only its SHA-256 is kept',
  counts: 'SELECT COUNT(*) AS checked FROM refresh_tokens',
  finds: `SELECT session_id AS id FROM refresh_tokens WHERE NOT token_hash REGEXP '^[0-9a-f]{64}$'`,
};

const passwordHashes: Check = {
  invariant: 12,
  says: 'of a password only its bcrypt hash is kept',
  counts: 'SELECT COUNT(*) AS checked FROM users',
  finds: `
    SELECT id FROM users
     WHERE NOT password_hash REGEXP '^[$]2[aby][$][0-9]{2}[$][./A-Za-z0-9]{53}$'`,
};

export const accountChecks: readonly Check[] = [unusedTokens, tokenHashes, passwordHashes];
