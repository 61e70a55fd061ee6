import { databaseNames, type ByDatabase, type Sessions } from './databases.ts';

/** What a shopkeeper would count, by its name. */
export type Sums = Record<string, string>;

/** How many rows, and how much money, by status and currency. What the provider never got has no currency. */
const countAndAdd = (table: string, called: string): string[] => [
  `SELECT CONCAT('${called} ', status) AS what, COUNT(*) AS amount FROM ${table} GROUP BY status ORDER BY status`,
  `SELECT CONCAT('money in ${called} ', status, ', ', currency) AS what, SUM(amount_minor) AS amount
     FROM ${table} WHERE currency IS NOT NULL GROUP BY status, currency ORDER BY status, currency`,
];

const questions: ByDatabase<string[]> = {
  authDB: [`SELECT 'users' AS what, COUNT(*) AS amount FROM users`],
  productsDB: [
    `SELECT 'products' AS what, COUNT(*) AS amount FROM products`,
    `SELECT 'units on hand' AS what, COALESCE(SUM(on_hand), 0) AS amount FROM stock`,
    `SELECT 'units reserved' AS what, COALESCE(SUM(reserved), 0) AS amount FROM stock`,
    `SELECT 'units available' AS what, COALESCE(SUM(on_hand - reserved), 0) AS amount FROM stock`,
    `SELECT 'ledger, on hand' AS what, COALESCE(SUM(on_hand_delta), 0) AS amount FROM stock_ledger`,
    `SELECT 'ledger, reserved' AS what, COALESCE(SUM(reserved_delta), 0) AS amount FROM stock_ledger`,
    `SELECT CONCAT('reservations ', status) AS what, COUNT(*) AS amount FROM reservations GROUP BY status ORDER BY status`,
    `SELECT CONCAT('units in reservations ', status) AS what, SUM(quantity) AS amount
       FROM reservations JOIN reservation_items USING (order_id) GROUP BY status ORDER BY status`,
  ],
  ordersDB: [
    `SELECT CONCAT('orders ', status) AS what, COUNT(*) AS amount FROM orders GROUP BY status ORDER BY status`,
    `SELECT CONCAT('money in orders ', status, ', ', currency) AS what, SUM(total_minor) AS amount
       FROM orders WHERE total_minor IS NOT NULL GROUP BY status, currency ORDER BY status, currency`,
    ...countAndAdd('payments', 'payments'),
    ...countAndAdd('refunds', 'refunds'),
  ],
  paymentsDB: [
    ...countAndAdd('charges', 'charges at the provider'),
    ...countAndAdd('refunds', 'refunds at the provider'),
  ],
};

/** Counts people, goods, orders and money; the money in minor units. */
export async function sumUp(sessions: Sessions): Promise<Sums> {
  const sums: Sums = {};
  for (const name of databaseNames) {
    for (const question of questions[name]) {
      for (const { what, amount } of await sessions[name].ask(question)) sums[what ?? ''] = amount ?? '';
    }
  }
  return sums;
}
