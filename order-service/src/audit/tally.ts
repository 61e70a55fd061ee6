/** How a comparison of two databases comes out for one rule. */
export interface Tally {
  invariant: number;
  says: string;
  checked: number;
  breaches: number;
  /** Of orders, or of other things, that break it. */
  ids: Set<string>;
}

/** More are counted, and not remembered: a shop that lost a database must not fill the memory. */
export const mostRemembered = 1_000;

export function startTally(invariant: number, says: string): Tally {
  return { invariant, says, checked: 0, breaches: 0, ids: new Set() };
}

export function tallyOne(tally: Tally, id: string, isSound: boolean): void {
  tally.checked += 1;
  if (isSound) return;
  tally.breaches += 1;
  if (tally.ids.size < mostRemembered) tally.ids.add(id);
}
