import { createHash } from 'node:crypto';

/** What is stored of a refresh token. It is random, so a plain digest cannot be reversed. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
