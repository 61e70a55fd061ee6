/** What is personal in the data of events about people; auth-service tells them, and an order's events hold ids only. */
export const personalFields: readonly string[] = ['email', 'displayName'];
