import { randomBytes } from 'node:crypto';

/** 120 random bits in letters, digits, - and _: nothing that a shell, a URL or an SQL string would have to escape. */
export function randomPassword(): string {
  return randomBytes(15).toString('base64url');
}
