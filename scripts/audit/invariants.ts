/** The twelve of the specification, in a line each. */
export const invariants: readonly string[] = [
  'stock: 0 <= reserved <= onHand, as the ledger and the held reservations say',
  'a reservation leaves held once, and stock is held only for an order that is there',
  'an order moves only as drawn, each move is in its timeline and was told',
  'a key gives at most one order, payment or refund',
  'an order is captured at most once, and exactly when it is paid or was',
  'captured = total = sum of the lines; refunds are at most that',
  'stock is sold <=> the order is paid or later; free <=> it came to nothing',
  'an unfinished order has a next step within 60 s, or waits for its buyer',
  'every event reaches every sink, and takes effect once',
  "a seller's ledger sums to zero, and no balance is negative",
  "a product's version counts its edits, and no field changed in a later one",
  'a refresh token works once; secrets are kept as hashes',
];

/** The ledger of the sellers. */
export const notBuilt: readonly number[] = [10];
