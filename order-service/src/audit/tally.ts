/** How a comparison of two databases comes out for one rule. */
export interface Tally {
  invariant: number;
  says: string;
  checked: number;
  breaches: number;
  /** The orders that break it. */
  orderIds: Set<string>;
}

/** More are counted, and not remembered: a shop that lost a database must not fill the memory. */
export const mostRemembered = 1_000;

export function startTally(invariant: number, says: string): Tally {
  return { invariant, says, checked: 0, breaches: 0, orderIds: new Set() };
}

export function tallyOrder(tally: Tally, orderId: string, isSound: boolean): void {
  tally.checked += 1;
  if (isSound) return;
  tally.breaches += 1;
  if (tally.orderIds.size < mostRemembered) tally.orderIds.add(orderId);
}
