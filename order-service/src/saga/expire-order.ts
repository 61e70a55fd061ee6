import { moveOrder } from '../orders/move-order.ts';
import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Cancels an order whose payment window has passed, unless its buyer pays at this very moment; then its stock goes back. */
export async function expireOrder(
  { database }: SagaDependencies,
  { orderId }: StepAtWork,
): Promise<Step | undefined> {
  return database.transaction(async (tx) => {
    const [window] = await database.select<{ isOver: number }>(
      'SELECT payment_due_at <= NOW(3) AS isOver FROM orders WHERE id = :orderId FOR UPDATE',
      { orderId },
      tx,
    );
    const set = { cancel_reason: 'It was not paid in time.' };
    const move = { orderId, from: ['awaiting_payment'], to: 'cancelled', set } as const;
    const isCancelled = Number(window?.isOver) === 1 && (await moveOrder(database, tx, move));
    // Whoever came too early waits again; an order that is not waiting any more has another step by now.
    const next = isCancelled ? 'release' : 'expire';
    await scheduleStep(database, { orderId, after: 'expire', next }, tx);
    return isCancelled ? 'release' : undefined;
  });
}
