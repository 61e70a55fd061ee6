import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { PaymentClient } from '../clients/payment-client.ts';
import type { ProductClient } from '../clients/product-client.ts';

/** What an order needs next. */
export type Step =
  | 'reserve'
  /** Make the payment that came with the order. */
  | 'pay'
  | 'charge'
  | 'commit'
  | 'refund'
  | 'return'
  | 'release'
  /** Wait for the buyer until the payment window ends, and cancel the order then. */
  | 'expire'
  /** The order rests. */
  | 'nothing';

/** A step that somebody can do. */
export type ActiveStep = Exclude<Step, 'nothing'>;

/**
 * How long a process has a step of an order for itself after the step before it, by the clock of the database. Longer
 * than a step with its calls takes (4 s), so that no other process does a step that is still at work.
 */
export const leaseSeconds = 5;

/** The same for a step that a worker claims: it asks about a charge first, and may wait for its turn. */
export const claimSeconds = 8;

/** A charge, the inquiry after it and the transaction that notes the outcome take no longer. */
export const longestChargeMs = 4_000;

export interface SagaDependencies {
  database: Database;
  products: ProductClient;
  payments: PaymentClient;
  logger: Logger;
}

export interface StepAtWork {
  orderId: string;
  /** Ends a call to product-service; without it, that of somebody who waits for the answer. */
  deadlineMs?: number | undefined;
  /** The charge was recorded a moment ago by whoever does the step: nothing can have been sent yet. */
  unsent?: boolean;
  /** When it is too late to send a charge, because its lease would end before it: by `performance.now()`. */
  sendBy?: number;
}

/**
 * Does one step and schedules the next one, which is leased to whoever did this one. Every step is safe to repeat.
 * @returns the next step; undefined when it is for somebody else to do, or for later
 * @throws UpstreamUnavailable when nobody knows what came of it
 */
export type DoStep = (dependencies: SagaDependencies, work: StepAtWork) => Promise<Step | undefined>;
