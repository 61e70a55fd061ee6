/** All topics of the shop: a webhook may want any event. */
export const listenedTopics: readonly string[] = [
  'tradepost.customers',
  'tradepost.products',
  'tradepost.stock',
  'tradepost.orders',
];
