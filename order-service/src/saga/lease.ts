/**
 * How long whoever does a step of an order has it for themselves, by the clock of the database.
 * Longer than any call with its retries takes, so that nobody does a step that somebody is still at.
 */
export const leaseSeconds = 5;
