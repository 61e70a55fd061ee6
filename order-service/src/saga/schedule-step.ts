import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { leaseSeconds, type Step } from './step.ts';

interface Schedule {
  orderId: string;
  /**
   * The step that is done: when the order has got another one meanwhile, this changes nothing. Left out by whoever has
   * moved the order in the same transaction: then the step that was due is the one that changes nothing any more.
   */
  after?: Step;
  next: Step;
  /** When anybody may do it, from now, by the database's clock; usually after the lease of whoever goes on with it. */
  inSeconds?: number;
  /** Why the step has to be done again. */
  error?: string;
  /** Whether the try got no answer. */
  isUnanswered?: boolean;
}

/** Schedules the next step of an order. */
export async function scheduleStep(
  database: Database,
  { orderId, after, next, inSeconds = leaseSeconds, error, isUnanswered = false }: Schedule,
  tx?: Transaction,
): Promise<void> {
  // Both servers assign from left to right: attempts still sees the step that is done (MySQL manual 15.2.17).
  await database.change(
    `UPDATE order_sagas
        SET attempts = IF(step = :next, attempts, 0), step = :next, claimed_by = NULL, last_error = :error,
            is_unanswered = :isUnanswered,
            due_at = CASE
              WHEN :next = 'nothing' THEN NULL
              WHEN :next = 'expire' AND :error IS NULL
                THEN (SELECT payment_due_at FROM orders WHERE orders.id = order_sagas.order_id)
              ELSE NOW(3) + INTERVAL :inMicroseconds MICROSECOND END
      WHERE order_id = :orderId${after === undefined ? '' : ' AND step = :after'}`,
    {
      orderId,
      after,
      next,
      isUnanswered,
      inMicroseconds: Math.round(inSeconds * 1e6),
      error: error?.slice(0, 500) ?? null,
    },
    tx,
  );
}
