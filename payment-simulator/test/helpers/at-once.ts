import type { Response } from 'supertest';

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** How many answers there were of each kind: "200 captured", "200 voided" or "503 unavailable". */
export function tally(answers: readonly Response[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = `${status} ${body.code ?? body.declineCode ?? body.status}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
