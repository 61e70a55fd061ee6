import { createHash } from 'node:crypto';

/**
 * A number from 0 to less than 1 that looks like chance and is the same in every run, so that a run can be repeated.
 * @param parts the seed, what the number is for, and what it is about
 */
export function seededChance(...parts: (string | number)[]): number {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
