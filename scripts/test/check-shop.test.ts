import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { join } from 'node:path';
import { checkShop } from '../backup/check-shop.ts';
import type { Sessions } from '../backup/databases.ts';
import { Session } from '../backup/session.ts';
import { sumUp } from '../backup/sum-up.ts';

const folders = {
  authDB: 'auth-service',
  productsDB: 'product-service',
  ordersDB: 'order-service',
  paymentsDB: 'payment-simulator',
};
type Name = keyof typeof folders;
const databases: TestDatabase[] = [];
const sessions = {} as Sessions;
const onHand = 100;
const price = 250;

async function open(name: Name): Promise<void> {
  const migrations = join(import.meta.dirname, '../..', folders[name], 'migrations');
  const database = await createTestDatabase(migrations);
  databases.push(database);
  const { DB_HOST: host, DB_PORT: port, DB_USER: user, DB_PASSWORD: password, DB_NAME } = database.settings;
  sessions[name] = await Session.open({ host, port, user, password });
  await sessions[name].use(DB_NAME);
}

const insert = (name: Name, table: string, row: Record<string, unknown>): Promise<unknown> =>
  sessions[name].ask(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (?)`, [
    Object.values(row),
  ]);

interface Planned {
  id: string;
  status: string;
  step?: string;
  reservation: 'held' | 'committed' | 'released';
  /** What came of its payment, if it has one. */
  payment?: string;
  /** All its money and its goods have gone back. */
  returned?: boolean;
}

/** Two units of one product for each order: where the stock is, and why, by the state of the reservation. */
async function placeStock({ id, reservation: status, returned }: Planned): Promise<void> {
  const common = { order_id: id, product_id: 'ware' };
  const frozen = { seller_id: 'seller', name: 'A mug', quantity: 2, unit_price_minor: price };
  await insert('productsDB', 'reservations', { order_id: id, buyer_id: 'buyer', status });
  const returned_quantity = returned ? 2 : 0;
  const item = { ...common, ...frozen, currency: 'EUR', returned_quantity };
  await insert('productsDB', 'reservation_items', item);
  const moves: [kind: string, onHand: number, reserved: number][] = [['hold', 0, 2]];
  if (status === 'committed') moves.push(['commit', -2, -2]);
  if (status === 'released') moves.push(['release', 0, -2]);
  if (returned) moves.push(['return', 2, 0]);
  for (const [kind, on_hand_delta, reserved_delta] of moves) {
    const entry = { ...common, id: `${id}-${kind}`, kind, on_hand_delta, reserved_delta };
    await insert('productsDB', 'stock_ledger', entry);
  }
}

async function placeMoney({ id, payment, returned }: Planned): Promise<void> {
  const money = { order_id: id, amount_minor: 2 * price, currency: 'EUR' };
  const charge = payment === 'processing' ? 'captured' : payment;
  if (payment !== undefined) {
    await insert('ordersDB', 'payments', { ...money, id: `${id}-pay`, status: payment, method: 'card' });
    await insert('paymentsDB', 'charges', { ...money, id: `${id}-pay`, status: charge, method: 'card' });
  }
  if (!returned) return;
  const { order_id: _none, ...amount } = money;
  const refund = { ...amount, id: `${id}-back`, status: 'refunded' };
  await insert('ordersDB', 'refunds', { ...refund, order_id: id, reason: 'broken' });
  await insert('paymentsDB', 'refunds', { ...refund, charge_id: `${id}-pay` });
}

async function place(order: Planned): Promise<void> {
  const { id, status, step = 'nothing', returned } = order;
  const total_minor = 2 * price;
  const common = { id, buyer_id: 'buyer', ship_to: '{}', payment_due_at: '2026-11-21', field_versions: '{}' };
  const refunded_minor = returned ? total_minor : 0;
  await insert('ordersDB', 'orders', { ...common, status, currency: 'EUR', total_minor, refunded_minor });
  const line = { order_id: id, line: 1, product_id: 'ware', quantity: 2, unit_price_minor: price };
  await insert('ordersDB', 'order_items', line);
  await insert('ordersDB', 'order_sagas', { order_id: id, step });
  await placeStock(order);
  await placeMoney(order);
}

const orders: Planned[] = [
  { id: 'awaiting', status: 'awaiting_payment', step: 'expire', reservation: 'held' },
  { id: 'paying', status: 'paying', step: 'charge', reservation: 'held', payment: 'processing' },
  { id: 'just-paid', status: 'paid', step: 'commit', reservation: 'held', payment: 'captured' },
  { id: 'paid', status: 'paid', reservation: 'committed', payment: 'captured' },
  { id: 'refunded', status: 'refunded', reservation: 'committed', payment: 'captured', returned: true },
  { id: 'over', status: 'cancelled', reservation: 'released' },
  { id: 'nearly-over', status: 'cancelled', step: 'release', reservation: 'held' },
];

beforeAll(async () => {
  for (const name of Object.keys(folders) as Name[]) await open(name);
  const product = { id: 'ware', seller_id: 'seller', name: 'A mug', description: '', field_versions: '{}' };
  await insert('productsDB', 'products', { ...product, price_minor: price, currency: 'EUR' });
  const initial = { id: 'first', product_id: 'ware', kind: 'initial', reserved_delta: 0 };
  await insert('productsDB', 'stock_ledger', { ...initial, on_hand_delta: onHand });
  for (const order of orders) await place(order);
  await insert('productsDB', 'stock', { product_id: 'ware', on_hand: onHand - 2, reserved: 8 });
});
afterAll(async () => {
  for (const session of Object.values(sessions)) session.close();
  for (const database of databases) await database.drop();
});

const faults = async (): Promise<string[]> => (await checkShop(sessions)).flatMap((check) => check.faults);

test('a shop at work has no fault', async () => {
  expect(await faults()).toEqual([]);
});

test('the sums tell what was paid and given back, by currency', async () => {
  expect(await sumUp(sessions)).toMatchObject({
    'money in orders paid, EUR': '1000',
    'money in payments captured, EUR': '1500',
    'money in refunds refunded, EUR': '500',
    'charges at the provider captured': '4',
    'money in charges at the provider captured, EUR': '2000',
    'money in refunds at the provider refunded, EUR': '500',
  });
});

test.each<[Name, string, string, string[]]>([
  [
    'ordersDB',
    `UPDATE orders SET status = 'paid' WHERE id = 'awaiting'`,
    `UPDATE orders SET status = 'awaiting_payment' WHERE id = 'awaiting'`,
    [
      'Order awaiting is paid, but no stock was sold to it.',
      'Order awaiting is paid and costs 500; 0 was captured for it.',
    ],
  ],
  [
    'ordersDB',
    `UPDATE orders SET status = 'cancelled' WHERE id = 'paid'`,
    `UPDATE orders SET status = 'paid' WHERE id = 'paid'`,
    [
      'Stock was sold to order paid, which was never paid.',
      'Order paid is cancelled and costs 500; 500 was captured for it.',
    ],
  ],
  [
    'ordersDB',
    `UPDATE order_sagas SET step = 'nothing' WHERE order_id = 'just-paid'`,
    `UPDATE order_sagas SET step = 'commit' WHERE order_id = 'just-paid'`,
    [
      'Order just-paid is paid, but no stock was sold to it.',
      'Stock is held for order just-paid, which does not wait for it.',
    ],
  ],
  [
    'ordersDB',
    `UPDATE order_items SET quantity = 3 WHERE order_id = 'paid'`,
    `UPDATE order_items SET quantity = 2 WHERE order_id = 'paid'`,
    ['Order paid has other lines than its reservation.', 'Order paid costs 500; its lines cost 750.'],
  ],
  [
    'ordersDB',
    `UPDATE refunds SET amount_minor = 400`,
    `UPDATE refunds SET amount_minor = 500`,
    [
      'Order refunded is refunded and has 500 of 500 given back; its refunds come to 400.',
      'The refund refunded-back is refunded (500 EUR) at the provider, and refunded (400 EUR) here.',
    ],
  ],
  [
    'ordersDB',
    `UPDATE payments SET status = 'failed' WHERE id = 'paying-pay'`,
    `UPDATE payments SET status = 'processing' WHERE id = 'paying-pay'`,
    ['The charge paying-pay is captured (500 EUR) at the provider, and failed (500 EUR) here.'],
  ],
  [
    'paymentsDB',
    `UPDATE charges SET status = 'open' WHERE id = 'paid-pay'`,
    `UPDATE charges SET status = 'captured' WHERE id = 'paid-pay'`,
    ['The charge paid-pay is open (500 EUR) at the provider, and captured (500 EUR) here.'],
  ],
  [
    'paymentsDB',
    `UPDATE charges SET id = 'zzz' WHERE id = 'paid-pay'`,
    `UPDATE charges SET id = 'paid-pay' WHERE id = 'zzz'`,
    ['The charge zzz is captured (500 EUR) at the provider, and unknown here.'],
  ],
  [
    'productsDB',
    `UPDATE reservation_items SET returned_quantity = 1 WHERE order_id = 'paid'`,
    `UPDATE reservation_items SET returned_quantity = 0 WHERE order_id = 'paid'`,
    ['Order paid has taken 2 of product ware from the stock; 1 are sold to it.'],
  ],
])('%s: %s', async (name, harm, heal, expected) => {
  await sessions[name].run(harm);
  try {
    expect(await faults()).toEqual(expected);
  } finally {
    await sessions[name].run(heal);
  }
});
