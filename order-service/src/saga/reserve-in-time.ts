import { cancelUnpaid } from '../orders/cancel-unpaid.ts';
import { reserveOrder } from './reserve-order.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Reserves a pending order's stock, unless its payment window has passed: then nobody waits for that order any more. */
export async function reserveInTime(
  dependencies: SagaDependencies,
  work: StepAtWork,
): Promise<Step | undefined> {
  const { database } = dependencies;
  const { orderId, placed } = work;
  // Whoever has just written the order is in time.
  const isLate =
    !placed &&
    (await database.transaction((tx) => cancelUnpaid(database, tx, { orderId, after: 'reserve' })));
  return isLate ? 'release' : reserveOrder(dependencies, work);
}
