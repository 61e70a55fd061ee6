/** The users of sql-scripts/init-db.sql: for each service one that runs it, and one that migrates; and one that only reads. */
export const databaseUsers = [
  'auth_service',
  'auth_migrator',
  'product_service',
  'product_migrator',
  'order_service',
  'order_migrator',
  'payment_simulator',
  'payment_migrator',
  'audit',
] as const;
