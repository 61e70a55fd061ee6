import type { Result, Verdict } from './run-attacks.ts';

const [nameWidth, expectedWidth] = [64, 34];
const marks: Record<Verdict, string> = {
  held: 'ok     ',
  differs: 'DIFFERS',
  'not built': '-      ',
  'not tried': '-      ',
};

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** A line: what was tried, what had to come of it, what came of it. */
export function showResult({ name, expected, got, verdict }: Result): string {
  return `${marks[verdict]}  ${fit(name, nameWidth)}  ${fit(expected, expectedWidth)}  ${got}`;
}

export const heading = `         ${fit('attack', nameWidth)}  ${fit('expected', expectedWidth)}  got`;

/** How many attacks came to what. */
export function summarise(results: readonly Result[]): string {
  const count = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  const rest = (['differs', 'not built', 'not tried'] as const).map(
    (verdict) => `${count(verdict)} ${verdict}`,
  );
  return `${results.length} attacks: ${count('held')} held, ${rest.join(', ')}`;
}
