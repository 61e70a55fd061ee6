/** The life of an order as product.md draws it: from each status, where it may go. */
const moves: Record<string, readonly string[]> = {
  pending: ['awaiting_payment', 'rejected', 'cancelled'],
  awaiting_payment: ['paying', 'cancelled'],
  paying: ['paid', 'awaiting_payment', 'payment_failed', 'refunding', 'cancelled'],
  paid: ['partially_shipped', 'shipped', 'refunding'],
  partially_shipped: ['shipped', 'refunding'],
  shipped: ['delivered'],
  refunding: ['refunded'],
  delivered: [],
  rejected: [],
  cancelled: [],
  payment_failed: [],
  refunded: [],
};
const onTheirWay = new Set(['pending', 'paying', 'refunding']);

/** Whether an order that was seen in one status may be found in another later. */
export function canBecome(from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  seen.add(from);
  return (moves[from] ?? []).some((next) => !seen.has(next) && canBecome(next, to, seen));
}

/** Whether nothing but a person or the end of a payment window moves an order on. */
export function isAtRest(status: string): boolean {
  return status in moves && !onTheirWay.has(status);
}
