import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

/** What an order needs next; `nothing` waits for a person, or is over. */
export type Step = 'reserve' | 'release' | 'nothing';

interface Schedule {
  orderId: string;
  /** The step that is done: when the order has got another one meanwhile, this changes nothing. */
  after: Step;
  next: Step;
  /** When anybody may do it, from now, by the database's clock. */
  inSeconds: number;
}

/** Schedules the next step of an order. */
export async function scheduleStep(
  database: Database,
  { orderId, after, next, inSeconds }: Schedule,
  tx?: Transaction,
): Promise<void> {
  await database.change(
    `UPDATE order_sagas
        SET step = :next, claimed_by = NULL, attempts = IF(:next = :after, attempts, 0),
            due_at = IF(:next = 'nothing', NULL, NOW(3) + INTERVAL :inMicroseconds MICROSECOND)
      WHERE order_id = :orderId AND step = :after`,
    { orderId, after, next, inMicroseconds: Math.round(inSeconds * 1e6) },
    tx,
  );
}
