import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { v7 as uuidv7 } from 'uuid';
import { auditOrders } from '../src/audit/audit-orders.ts';
import { findings } from '../src/audit/audit.schemas.ts';
import { type AuditedShop, type Lives, startAuditedShop } from './helpers/audited-shop.ts';
import { serviceKeys, somebody } from './helpers/order-app.ts';

let shop: AuditedShop;
beforeAll(async () => {
  shop = await startAuditedShop();
});
afterAll(() => shop.stop());

type Values = Lives & { unknown: string; scope: string };
const unknown = uuidv7();
const values = (): Values => ({ ...shop.lives, unknown, scope: 'b'.repeat(64) });

async function run(statements: readonly string[]): Promise<void> {
  for (const sql of statements) await shop.app.database.change(sql, values());
}

/** What is wrong with the orders alone: the invariant, how often, and the first ids. */
async function audit() {
  const found = await auditOrders({ database: shop.app.database });
  return found
    .filter(({ breaches }) => breaches > 0)
    .map(({ invariant, breaches, ids }) => ({ invariant, breaches, ids }));
}

test('finds nothing in a sound shop, and has looked at all of it', async () => {
  const found = await auditOrders({ database: shop.app.database });
  expect(found.map(({ invariant, checked, breaches, ids }) => [invariant, checked, breaches, ids])).toEqual([
    [3, 26, 0, []],
    [3, 8, 0, []],
    [9, 4, 0, []],
    [4, 15, 0, []],
    [5, 8, 0, []],
    [6, 8, 0, []],
    [8, 3, 0, []],
    [9, 30, 0, []],
    [9, 0, 0, []],
    [9, 0, 0, []],
  ]);
});

type Planted = [what: string, invariant: number, id: keyof Values, plant: string[], mend: string[]];
/** Changes a column of the rows of an order, and back. */
function set(
  table: string,
  life: keyof Lives,
  [column, value, before]: [string, string, string],
): [string[], string[]] {
  const where = `WHERE ${table === 'orders' ? 'id' : 'order_id'} = :${life}`;
  const change = (to: string): string[] => [`UPDATE ${table} SET ${column} = ${to} ${where}`];
  return [change(value), change(before)];
}
/** Changes a move, and back. */
function setMove(
  life: keyof Lives,
  version: number,
  [status, before]: [string, string],
): [string[], string[]] {
  const change = (to: string): string[] => [
    `UPDATE order_timeline SET status = '${to}' WHERE order_id = :${life} AND version = ${version}`,
  ];
  return [change(status), change(before)];
}
const setBirth = (to: number, from: number): string[] => [
  `UPDATE order_timeline SET version = ${to} WHERE order_id = :waiting AND version = ${from}`,
];
const claim = (resource: string): string =>
  `INSERT INTO idempotency_claims (scope, body_digest, resource_id, lease_until)
   VALUES (UNHEX(:scope), UNHEX(:scope), ${resource}, NOW(3))`;
const keep = (resource: string, status: number): string =>
  `INSERT INTO idempotency_answers (resource_id, status, headers, body) VALUES (${resource}, ${status}, '{}', '{}')`;
const unclaim = 'DELETE FROM idempotency_claims WHERE scope = UNHEX(:scope)';
const capture = `
  INSERT INTO payments (id, order_id, status, amount_minor, currency, method)
  VALUES (:unknown, :paid, 'captured', 1999, 'EUR', 'card')`;
const refund = (life: keyof Lives, currency: string): string => `
  INSERT INTO refunds (id, order_id, status, amount_minor, currency, reason)
  VALUES (:unknown, :${life}, 'pending', 1, '${currency}', 'planted')`;
const strikeRefund = 'DELETE FROM refunds WHERE id = :unknown';
const addTo = (column: string, table: string, amount: number): string =>
  `UPDATE ${table} SET ${column} = ${column} + ${amount} WHERE ${table === 'orders' ? 'id' : 'order_id'} = `;
const windowEnd = '(SELECT payment_due_at FROM orders WHERE id = order_sagas.order_id)';
const shift = (minutes: number): string[] => [
  `UPDATE orders SET payment_due_at = payment_due_at + INTERVAL ${minutes} MINUTE WHERE id = :waiting`,
  `UPDATE order_sagas SET due_at = due_at + INTERVAL ${minutes} MINUTE WHERE order_id = :waiting`,
];
const step = (name: string, due: string): string => `step = '${name}', due_at = ${due}`;
function setStep(life: keyof Lives, [now, before]: [string, string]): [string[], string[]] {
  const change = (to: string): string[] => [`UPDATE order_sagas SET ${to} WHERE order_id = :${life}`];
  return [change(now), change(before)];
}
const soon = 'NOW(3) + INTERVAL 5 SECOND';
const late = 'NOW(3) - INTERVAL 61 SECOND';
const nothing = step('nothing', 'NULL');

test.each<Planted>([
  [
    'a move that was not written down',
    3,
    'paid',
    ['DELETE FROM order_timeline WHERE order_id = :paid AND version = 2'],
    [`INSERT INTO order_timeline (order_id, version, status) VALUES (:paid, 2, 'awaiting_payment')`],
  ],
  ['a move that is not drawn', 3, 'paid', ...setMove('paid', 3, ['shipped', 'paying'])],
  [
    'a move that did not happen',
    3,
    'paid',
    [`INSERT INTO order_timeline (order_id, version, status) VALUES (:paid, 5, 'refunding')`],
    ['DELETE FROM order_timeline WHERE order_id = :paid AND version = 5'],
  ],
  ['a life that begins before its first version', 3, 'waiting', setBirth(0, 1), setBirth(1, 0)],
  ['a life that begins in the middle', 3, 'waiting', ...setMove('waiting', 1, ['paying', 'pending'])],
  [
    'another status than the last move',
    3,
    'rejected',
    ...set('orders', 'rejected', ['status', `'cancelled'`, `'rejected'`]),
  ],
  [
    'a version without a move',
    3,
    'waiting',
    ...set('orders', 'waiting', ['version', 'version + 1', 'version - 1']),
  ],
  ['two keys for one order', 4, 'waiting', [claim(':waiting')], [unclaim]],
  [
    'a key whose order is not there',
    4,
    'unknown',
    [claim(':unknown'), keep(':unknown', 201)],
    [unclaim, 'DELETE FROM idempotency_answers WHERE resource_id = :unknown'],
  ],
  ['two captured payments of an order', 5, 'paid', [capture], ['DELETE FROM payments WHERE id = :unknown']],
  [
    'a captured payment of an unpaid order',
    5,
    'declined',
    ...set('payments', 'declined', ['status', `'captured'`, `'declined'`]),
  ],
  [
    'a paid order without a captured payment',
    5,
    'paid',
    ...set('payments', 'paid', ['status', `'declined'`, `'captured'`]),
  ],
  ['a total that its lines do not come to', 6, 'paid', ...set('order_items', 'paid', ['quantity', '2', '1'])],
  [
    'a line without a price',
    6,
    'waiting',
    ...set('order_items', 'waiting', ['unit_price_minor', 'NULL', '1999']),
  ],
  ['less captured than the total', 6, 'paid', ...set('payments', 'paid', ['amount_minor', '1998', '1999'])],
  ['captured in another currency', 6, 'paid', ...set('payments', 'paid', ['currency', `'USD'`, `'EUR'`])],
  [
    'refunds that are not summed up',
    6,
    'partlyRefunded',
    ...set('orders', 'partlyRefunded', ['refunded_minor', '499', '500']),
  ],
  [
    'a refund of what was never captured',
    6,
    'declined',
    [refund('declined', 'EUR'), `${addTo('refunded_minor', 'orders', 1)}:declined`],
    [strikeRefund, `${addTo('refunded_minor', 'orders', -1)}:declined`],
  ],
  [
    'a refund in another currency',
    6,
    'paid',
    [refund('paid', 'USD'), `${addTo('refunded_minor', 'orders', 1)}:paid`],
    [strikeRefund, `${addTo('refunded_minor', 'orders', -1)}:paid`],
  ],
  [
    'a refunded order that got back too little',
    6,
    'refunded',
    [`${addTo('refunded_minor', 'orders', -1)}:refunded`, `${addTo('amount_minor', 'refunds', -1)}:refunded`],
    [`${addTo('refunded_minor', 'orders', 1)}:refunded`, `${addTo('amount_minor', 'refunds', 1)}:refunded`],
  ],
  [
    'a pending order that nobody goes on with',
    8,
    'pending',
    ...setStep('pending', [nothing, step('reserve', soon)]),
  ],
  [
    'one that is due in an hour',
    8,
    'pending',
    ...setStep('pending', ['due_at = NOW(3) + INTERVAL 1 HOUR', `due_at = ${soon}`]),
  ],
  [
    'one that has been due for a minute',
    8,
    'pending',
    ...setStep('pending', [`due_at = ${late}`, `due_at = ${soon}`]),
  ],
  [
    'one that waits for nobody',
    8,
    'pending',
    ...setStep('pending', [step('expire', windowEnd), step('reserve', soon)]),
  ],
  [
    'one without a step',
    8,
    'pending',
    ['DELETE FROM order_sagas WHERE order_id = :pending'],
    [`INSERT INTO order_sagas (order_id, step, due_at) VALUES (:pending, 'reserve', ${soon})`],
  ],
  ['a window without an end', 8, 'waiting', ...setStep('waiting', [nothing, step('expire', windowEnd)])],
  [
    'a window that ends too late',
    8,
    'waiting',
    ...setStep('waiting', [`due_at = ${windowEnd} + INTERVAL 1 SECOND`, `due_at = ${windowEnd}`]),
  ],
  ['a window that ended a minute ago', 8, 'waiting', shift(-62), shift(62)],
  ['stock that nobody releases', 8, 'cancelled', ...setStep('cancelled', [step('release', late), nothing])],
])('finds %s', async (_what, invariant, id, plant, mend) => {
  await run(plant);
  expect(await audit()).toEqual([{ invariant, breaches: 1, ids: [values()[id]] }]);
  await run(mend);
  expect(await audit()).toEqual([]);
});

test.each<[what: string, plant: string[], mend: string[]]>([
  [
    'a payment that somebody is about to note',
    [
      ...set('payments', 'paid', ['status', `'processing'`, ''])[0],
      ...setStep('paid', [step('charge', soon), ''])[0],
    ],
    [...set('payments', 'paid', ['status', `'captured'`, ''])[0], ...setStep('paid', [nothing, ''])[0]],
  ],
  [
    'a window that has just ended, and that somebody is at',
    [...shift(-61), ...setStep('waiting', [`due_at = ${soon}`, ''])[0]],
    [...shift(61), ...setStep('waiting', [`due_at = ${windowEnd}`, ''])[0]],
  ],
  ['a step that is put off', ...setStep('cancelled', [step('release', soon), nothing])],
])('lets pass %s', async (_what, plant, mend) => {
  await run(plant);
  expect(await audit()).toEqual([]);
  await run(mend);
});

test('tells other services what it has found, and nobody else', async () => {
  const get = (bearer: string) => shop.internal.get('/internal/v1/audit').set('Authorization', bearer);
  await get(somebody('admin').bearer).expect(401);
  const key = readSigningKey(serviceKeys.keyFile('product-service'));
  const { body } = await get(serviceAuthorization(key, 'product-service', 'order-service')()).expect(200);
  expect(findings.strict().parse(body).findings).toHaveLength(10);
});
