import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const migrationsOf = (service: string): string => join(root, service, 'migrations');

let authDB: TestDatabase;
let productsDB: TestDatabase;
let ordersDB: TestDatabase;
let paymentsDB: TestDatabase;
/** May only read, as the user `audit` of npm start. */
const reader = `audit_${randomBytes(4).toString('hex')}`;
const ids = { order: randomUUID(), product: randomUUID(), payment: randomUUID(), person: randomUUID() };

/** One order that was paid and sold, as each service has it. */
const sold: [() => TestDatabase, string[]][] = [
  [
    () => authDB,
    [
      `INSERT INTO users (id, email, password_hash, field_versions) VALUES (:person, 'a@b.example', CONCAT('$2b$12$', REPEAT('x', 53)), '{}')`,
    ],
  ],
  [
    () => productsDB,
    [
      `INSERT INTO products (id, seller_id, name, description, price_minor, currency, field_versions) VALUES (:product, :person, 'Lamp', '', 5, 'EUR', '{}')`,
      `INSERT INTO stock (product_id, on_hand) VALUES (:product, 9)`,
      `INSERT INTO reservations (order_id, buyer_id, status) VALUES (:order, :person, 'committed')`,
      `INSERT INTO reservation_items (order_id, product_id, seller_id, name, quantity, unit_price_minor, currency) VALUES (:order, :product, :person, 'Lamp', 1, 5, 'EUR')`,
      `INSERT INTO stock_ledger (id, product_id, kind, on_hand_delta, reserved_delta, order_id)
       VALUES ('1', :product, 'initial', 10, 0, NULL), ('2', :product, 'hold', 0, 1, :order), ('3', :product, 'commit', -1, -1, :order)`,
    ],
  ],
  [
    () => ordersDB,
    [
      `INSERT INTO orders (id, buyer_id, status, currency, total_minor, ship_to, payment_due_at, version, field_versions) VALUES (:order, :person, 'paid', 'EUR', 5, '{}', NOW(3), 4, '{}')`,
      `INSERT INTO order_items (order_id, line, product_id, quantity, unit_price_minor) VALUES (:order, 0, :product, 1, 5)`,
      `INSERT INTO order_sagas (order_id, step) VALUES (:order, 'nothing')`,
      `INSERT INTO order_timeline (order_id, version, status) VALUES (:order, 1, 'pending'), (:order, 2, 'awaiting_payment'), (:order, 3, 'paying'), (:order, 4, 'paid')`,
      `INSERT INTO payments (id, order_id, status, amount_minor, currency, method) VALUES (:payment, :order, 'captured', 5, 'EUR', 'card')`,
    ],
  ],
  [
    () => paymentsDB,
    [
      `INSERT INTO charges (id, order_id, status, amount_minor, currency) VALUES (:payment, :order, 'captured', 5, 'EUR')`,
    ],
  ],
];

beforeAll(async () => {
  authDB = await createTestDatabase(migrationsOf('auth-service'));
  productsDB = await createTestDatabase(migrationsOf('product-service'));
  ordersDB = await createTestDatabase(migrationsOf('order-service'));
  paymentsDB = await createTestDatabase(migrationsOf('payment-simulator'));
  for (const [database, statements] of sold) for (const sql of statements) await database().change(sql, ids);
  await authDB.sequelize.query(`CREATE USER '${reader}'@'%' IDENTIFIED BY 'p@ss/word'`);
  for (const { settings } of [authDB, productsDB, ordersDB, paymentsDB])
    await authDB.sequelize.query(`GRANT SELECT ON ${settings.DB_NAME}.* TO '${reader}'@'%'`);
});
afterAll(async () => {
  await authDB.sequelize.query(`DROP USER '${reader}'@'%'`);
  for (const database of [authDB, productsDB, ordersDB, paymentsDB]) await database.drop();
});

const urlOf = ({ settings: { DB_HOST, DB_PORT, DB_NAME } }: TestDatabase): string =>
  `mysql://${reader}:${encodeURIComponent('p@ss/word')}@${DB_HOST}:${DB_PORT}/${DB_NAME}`;

async function audit(settings: Record<string, string> = {}) {
  const env = {
    ...process.env,
    AUDIT_AUTH_URL: urlOf(authDB),
    AUDIT_PRODUCTS_URL: urlOf(productsDB),
    AUDIT_ORDERS_URL: urlOf(ordersDB),
    AUDIT_PAYMENTS_URL: urlOf(paymentsDB),
    ...settings,
  };
  const options = { cwd: root, env };
  try {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'scripts/audit.ts')], options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

/** The line of an invariant: how much was looked at, and the verdict. */
function lineOf(stdout: string, invariant: number): string {
  const line = stdout.split('\n').find((one) => one.startsWith(`  ${String(invariant).padStart(2)}  `));
  return /\s{2,}((\d+ {2})?\S.*)$/.exec(line?.slice(6) ?? '')?.[1] ?? '';
}

test('a sound shop: a line for each invariant, and what is not built', async () => {
  const { code, stdout, stderr } = await audit();
  const lines = Array.from({ length: 12 }, (_, index) => lineOf(stdout, index + 1));
  expect(lines).toEqual([
    '1  ok',
    '3  ok',
    '5  ok',
    '0  ok',
    '2  ok',
    '2  ok',
    '1  ok',
    '0  ok',
    '1  ok',
    'not built',
    '1  ok',
    '1  ok',
  ]);
  expect(stdout).toMatch(/\n0 breaches\n$/);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test.each([
  [
    5,
    () => paymentsDB,
    `UPDATE charges SET status = 'declined', decline_code = 'no'`,
    `status = 'captured', decline_code = NULL`,
    'charges',
  ],
  [6, () => paymentsDB, 'UPDATE charges SET amount_minor = 4', 'amount_minor = 5', 'charges'],
  [7, () => ordersDB, `UPDATE orders SET status = 'awaiting_payment'`, `status = 'paid'`, 'orders'],
] as const)('a breach of %s between two databases', async (invariant, database, plant, mend, table) => {
  await database().change(plant, {});
  const { code, stdout, stderr } = await audit();
  expect(lineOf(stdout, invariant)).toContain(`1 breach: ${ids.order}`);
  expect(stderr).toContain(`${invariant}: 1 breach of "`);
  expect(code).toBe(1);
  await database().change(`UPDATE ${table} SET ${mend}`, {});
});

test('a database that cannot be read is named, with what to do', async () => {
  const { code, stderr } = await audit({ AUDIT_ORDERS_URL: `${urlOf(ordersDB)}_not_there` });
  expect(stderr).toMatch(/^ordersDB at .+ cannot be read as audit_.+: see that the server runs/);
  expect(stderr).not.toContain('ss/word');
  expect(code).toBe(1);
});

test('a database whose tables are not there yet, too', async () => {
  const { code, stderr } = await audit({ AUDIT_PAYMENTS_URL: urlOf(authDB) });
  expect(stderr).toMatch(/^paymentsDB at .+ cannot be read .+charges' doesn't exist/);
  expect(code).toBe(1);
});

test('half of the settings is no setting', async () => {
  const { code, stderr } = await audit({ AUDIT_ORDERS_URL: '', AUDIT_AUTH_URL: '' });
  expect(stderr).toContain('AUDIT_AUTH_URL, AUDIT_ORDERS_URL missing: set all four');
  expect(code).toBe(1);
});
