import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  authenticateServices,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { createTestTokens, silentLogger } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { writeServiceKeys } from '../../testing/service-keys.ts';
import { createInternalApp } from '../src/app.ts';
import { auditProducts } from '../src/audit/audit-products.ts';
import { auditedReservations, findings } from '../src/audit/audit.schemas.ts';
import { runChecks } from '@tradepost/service-kit/run-checks.ts';
import { type Person, type Product, type ProductApp, startProductApp } from './helpers/product-app.ts';

let app: ProductApp;
let seller: Person;
let product: Product;
let other: Product;
/** One order for each way that a reservation can go, in ascending order of their ids. */
const orders = {
  held: uuidv7(),
  committed: uuidv7(),
  returned: uuidv7(),
  released: uuidv7(),
  early: uuidv7(),
};
/** Nobody has placed it. */
const unknown = uuidv7();

async function edit(version: number, fields: object): Promise<void> {
  await app.request
    .patch(`/api/v1/products/${product.id}`)
    .set({ Authorization: seller.bearer, 'If-Match': `"${version}"` })
    .send(fields)
    .expect(200);
}

beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
  product = await app.create(seller, { initialStock: 50 });
  other = await app.create(seller);
  await edit(1, { name: 'Kettle' });
  // Changes nothing, and is an edit all the same.
  await edit(2, { name: 'Kettle' });
  await app.adjust(seller, product.id, { delta: 5, reason: 'counted' }).expect(201);
  const { early, ...taken } = orders;
  for (const orderId of Object.values(taken))
    await app.hold(orderId, [{ productId: product.id, quantity: 3 }]).expect(201);
  for (const orderId of [orders.committed, orders.returned]) await app.move(orderId, 'commit').expect(200);
  for (const orderId of [orders.released, early]) await app.move(orderId, 'release').expect(200);
  const goods = { returnId: uuidv7(), items: [{ productId: product.id, quantity: 2 }] };
  await app.move(orders.returned, 'return', goods).expect(200);
});
afterAll(() => app.stop());

type Values = typeof orders & { product: string; other: string; unknown: string };
const values = (): Values => ({ ...orders, product: product.id, other: other.id, unknown });

async function run(statements: readonly string[]): Promise<void> {
  for (const sql of statements) await app.database.change(sql, values());
}

/** What is wrong: the invariant, how often, and the first ids. */
async function audit() {
  const found = await auditProducts({ database: app.database });
  return found
    .filter(({ breaches }) => breaches > 0)
    .map(({ invariant, breaches, ids }) => ({ invariant, breaches, ids }));
}

test('finds nothing in a sound shop, and has looked at all of it', async () => {
  const found = await auditProducts({ database: app.database });
  expect(found.map(({ invariant, checked, breaches, ids }) => [invariant, checked, breaches, ids])).toEqual([
    [1, 2, 0, []],
    [2, 4, 0, []],
    [2, 5, 0, []],
    [11, 2, 0, []],
    [9, 14, 0, []],
    [9, 0, 0, []],
  ]);
});

const addTo = (column: string, amount: number): string =>
  `UPDATE stock SET ${column} = ${column} + ${amount} WHERE product_id = :product`;
/** Says another status of a reservation, and takes it back. */
function setStatus(orderId: keyof typeof orders, now: string, before: string): [string[], string[]] {
  const change = (to: string) => [`UPDATE reservations SET status = '${to}' WHERE order_id = :${orderId}`];
  return [change(now), change(before)];
}
const setReturned = (quantity: number): string =>
  `UPDATE reservation_items SET returned_quantity = ${quantity} WHERE order_id = :returned`;
const setMove = (kind: string, column: string, amount: number): string =>
  `UPDATE stock_ledger SET ${column} = ${amount}
    WHERE order_id = :${kind === 'return' ? 'returned' : 'released'} AND kind = '${kind}'`;
const setSold = (amount: number): string =>
  `UPDATE stock_ledger SET on_hand_delta = ${amount} WHERE order_id = :committed AND kind = 'commit'`;
/** An entry that can be told by its id, and by default moves nothing. */
const enter = (kind: string, orderId: string, [onHand, reserved] = [0, 0]): string =>
  `INSERT INTO stock_ledger (id, product_id, kind, on_hand_delta, reserved_delta, order_id)
   VALUES ('planted', :product, '${kind}', ${onHand}, ${reserved}, ${orderId})`;
const strike = `DELETE FROM stock_ledger WHERE id = 'planted'`;
const setVersions = (version: number, fieldVersions: string): string =>
  `UPDATE products SET version = ${version}, field_versions = JSON_OBJECT(${fieldVersions}) WHERE id = :product`;
const mendVersions = setVersions(3, "'name', 2");

type Planted = [what: string, invariant: number, id: keyof Values, plant: string[], mend: string[]];

test.each<Planted>([
  ['more on hand than the ledger knows', 1, 'product', [addTo('on_hand', 1)], [addTo('on_hand', -1)]],
  ['more reserved than held', 1, 'product', [addTo('reserved', 1)], [addTo('reserved', -1)]],
  [
    'reserved for nobody',
    1,
    'product',
    [addTo('reserved', 1), enter('adjustment', 'NULL', [0, 1])],
    [addTo('reserved', -1), strike],
  ],
  ['reserved by the ledger alone', 1, 'product', [enter('adjustment', 'NULL', [0, 1])], [strike]],
  [
    'a product without a row of stock',
    1,
    'other',
    ['DELETE FROM stock WHERE product_id = :other'],
    ['INSERT INTO stock (product_id, on_hand) VALUES (:other, 0)'],
  ],
  ['released, and says it was sold', 2, 'released', ...setStatus('released', 'committed', 'released')],
  ['sold, and says it was released', 2, 'committed', ...setStatus('committed', 'released', 'committed')],
  ['held twice', 2, 'committed', [enter('hold', ':committed')], [strike]],
  ['sold and released', 2, 'committed', [enter('release', ':committed')], [strike]],
  ['left, and still held', 2, 'held', [enter('commit', ':held')], [strike]],
  [
    'released, with one unit still reserved',
    2,
    'released',
    [setMove('release', 'reserved_delta', -2), enter('adjustment', 'NULL', [0, -1])],
    [setMove('release', 'reserved_delta', -3), strike],
  ],
  [
    'sold, with less taken off the shelf',
    2,
    'committed',
    [setSold(-2), enter('adjustment', 'NULL', [-1, 0])],
    [setSold(-3), strike],
  ],
  ['fewer returns than the ledger knows', 2, 'returned', [setReturned(1)], [setReturned(2)]],
  ['a move of stock for an order that holds none', 2, 'unknown', [enter('hold', ':unknown')], [strike]],
  [
    'a reservation of nothing',
    2,
    'unknown',
    [`INSERT INTO reservations (order_id, buyer_id, status) VALUES (:unknown, :other, 'released')`],
    ['DELETE FROM reservations WHERE order_id = :unknown'],
  ],
  ['a tombstone that was raised', 2, 'early', ...setStatus('early', 'held', 'released')],
  ['an edit that raised no version', 11, 'product', [setVersions(3, "'name', 4")], [mendVersions]],
  [
    'a field that changed before the first edit',
    11,
    'product',
    [setVersions(3, "'name', 1")],
    [mendVersions],
  ],
])('finds %s', async (_what, invariant, id, plant, mend) => {
  await run(plant);
  expect(await audit()).toEqual([{ invariant, breaches: 1, ids: [values()[id]] }]);
  await run(mend);
  expect(await audit()).toEqual([]);
});

test('finds what the constraints of the tables would refuse', async () => {
  for (const [table, constraint] of [
    ['stock', 'stock_never_oversold'],
    ['reservation_items', 'reservation_items_returned'],
  ])
    await app.database.sequelize.query(`ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`);
  await run([addTo('on_hand', -200), enter('adjustment', 'NULL', [-200, 0])]);
  expect(await audit()).toEqual([{ invariant: 1, breaches: 1, ids: [product.id] }]);
  await run([addTo('on_hand', 200), strike]);
  await run([setReturned(4), setMove('return', 'on_hand_delta', 4), enter('adjustment', 'NULL', [-2, 0])]);
  expect(await audit()).toEqual([{ invariant: 2, breaches: 1, ids: [orders.returned] }]);
  await run([setReturned(2), setMove('return', 'on_hand_delta', 2), strike]);
});

test('sees one moment of the shop, whatever is written meanwhile', async () => {
  const counts = 'SELECT COUNT(*) AS checked FROM reservations';
  const check = {
    invariant: 0,
    says: '',
    counts,
    finds: 'SELECT order_id AS id FROM reservations WHERE 1 = 0',
  };
  const slow = { ...check, finds: 'SELECT 1 AS id FROM DUAL WHERE SLEEP(1) = 1' };
  const elsewhere = openDatabase(app.database.settings);
  const auditing = runChecks(app.database, [check, slow, check]);
  await sleep(500);
  await elsewhere.change(
    `INSERT INTO reservations (order_id, status) VALUES (:unknown, 'released')`,
    values(),
  );
  expect((await auditing).map(({ checked }) => checked)).toEqual([5, 5, 5]);
  expect(await runChecks(app.database, [check])).toMatchObject([{ checked: 6 }]);
  await elsewhere.close();
  await run(['DELETE FROM reservations WHERE order_id = :unknown']);
});

test('counts all, and names the first twenty', async () => {
  const strays = Array.from({ length: 25 }, () => uuidv7());
  for (const orderId of strays)
    await app.database.change(
      `INSERT INTO reservations (order_id, buyer_id, status) VALUES (:orderId, :orderId, 'held')`,
      { orderId },
    );
  expect(await audit()).toEqual([{ invariant: 2, breaches: 25, ids: strays.slice(0, 20) }]);
  await app.database.change('DELETE FROM reservations WHERE order_id IN (:strays)', { strays });
});

function startInternal() {
  const keys = writeServiceKeys(['order-service']);
  const services = authenticateServices(keys.publicKeysFile, 'product-service');
  const authenticate = { users: createTestTokens().authenticate, services };
  const { database } = app;
  const agent = supertest.agent(
    createInternalApp({ database, authenticate, logger: silentLogger, metrics: createMetrics() }),
  );
  const key = readSigningKey(keys.keyFile('order-service'));
  const bearer = serviceAuthorization(key, 'order-service', 'product-service')();
  return (path: string, authorization = bearer) =>
    agent.get(`/internal/v1/audit${path}`).set('Authorization', authorization);
}

test('tells order-service what it has found', async () => {
  const get = startInternal();
  await get('', seller.bearer).expect(401);
  await run([addTo('on_hand', 1)]);
  const { body } = await get('').expect(200);
  const [first] = findings.strict().parse(body).findings;
  expect(first).toMatchObject({ invariant: 1, checked: 2, breaches: 1, ids: [product.id] });
  await run([addTo('on_hand', -1)]);
});

test('lists all reservations for order-service, page by page', async () => {
  const get = startInternal();
  const seen: unknown[] = [];
  let after = '';
  do {
    const { body } = await get(`/reservations?limit=2${after}`).expect(200);
    const page = auditedReservations.strict().parse(body);
    seen.push(...page.items);
    after = page.nextCursor === null ? '' : `&after=${page.nextCursor}`;
  } while (after !== '');
  const of = (orderId: string, status: string, isTombstone = false) => ({ orderId, status, isTombstone });
  expect(seen).toEqual([
    of(orders.held, 'held'),
    of(orders.committed, 'committed'),
    of(orders.returned, 'committed'),
    of(orders.released, 'released'),
    of(orders.early, 'released', true),
  ]);
  const { body } = await get(`/reservations?orderIds=${orders.released},${unknown}`).expect(200);
  expect(body).toEqual({ items: [of(orders.released, 'released')], nextCursor: null });
  await get('/reservations?limit=1001').expect(400);
  await get('/reservations?orderIds=me').expect(400);
});
