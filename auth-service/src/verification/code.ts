import { createHmac, randomInt } from 'node:crypto';

/** How often somebody may guess one code wrongly. */
export const mostWrongTries = 5;
export const codeMinutes = 30;

/** Six digits, each code as likely as any other. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/**
 * What is stored of a code. A plain hash would not do: a million codes are tried out in a second by whoever reads the table.
 * @param key is not in the database
 */
export function digestCode(key: Buffer, { userId, code }: { userId: string; code: string }): string {
  return createHmac('sha256', key).update(`${userId}:${code}`).digest('hex');
}
