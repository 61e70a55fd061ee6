import { cancelUnpaid } from '../orders/cancel-unpaid.ts';
import { reserveOrder } from './reserve-order.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Reserves a pending order's stock, unless its payment window has passed: then the order is cancelled. */
export async function reserveInTime(
  dependencies: SagaDependencies,
  work: StepAtWork,
): Promise<Step | undefined> {
  const { database } = dependencies;
  const { orderId } = work;
  const isLate = await database.transaction((tx) =>
    cancelUnpaid(database, tx, { orderId, after: 'reserve' }),
  );
  return isLate ? 'release' : reserveOrder(dependencies, work);
}
