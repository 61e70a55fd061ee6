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
 * How long whoever does a step of an order has it for themselves, by the clock of the database.
 * Longer than any step with its calls takes, so that nobody does a step that somebody is still at.
 */
export const leaseSeconds = 5;

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
}

/**
 * Does one step and schedules the next one, which is leased to whoever did this one. Every step is safe to repeat.
 * @returns the next step; undefined when it is for somebody else to do, or for later
 * @throws UpstreamUnavailable when nobody knows what came of it
 */
export type DoStep = (dependencies: SagaDependencies, work: StepAtWork) => Promise<Step | undefined>;
