import { createHash } from 'node:crypto';

/** A token of 256 random bits needs no slow hash, as in hash-refresh-token.ts. */
export function hashResetToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
