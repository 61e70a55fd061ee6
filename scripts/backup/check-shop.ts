import { checkMoney } from './check-money.ts';
import { checkReservations } from './check-reservations.ts';
import { checkStock } from './check-stock.ts';
import type { Check } from './check.ts';
import type { Sessions } from './databases.ts';

/** Looks for what must not be in a shop at rest or at work: invariants 1, 2, 5, 6 and 7 of every purchase. */
export async function checkShop(sessions: Sessions): Promise<Check[]> {
  return [
    ...(await checkStock(sessions)),
    ...(await checkReservations(sessions)),
    ...(await checkMoney(sessions)),
  ];
}
