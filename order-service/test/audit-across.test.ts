import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { AuditedOrder, AuditedPayment } from '../src/audit/audit.queries.ts';
import { compareCharges } from '../src/audit/compare-charges.ts';
import { compareReservations } from '../src/audit/compare-reservations.ts';
import { mergeJoin } from '../src/audit/merge-join.ts';
import type { Tally } from '../src/audit/tally.ts';
import type { AuditedCharge, AuditedReservation } from '../src/clients/audit-client.ts';
import { type OrderStatus, orderStatuses } from '../src/orders/order.model.ts';
import { type AuditedShop, startAuditedShop } from './helpers/audited-shop.ts';
import { somebody } from './helpers/order-app.ts';

let shop: AuditedShop;
beforeAll(async () => {
  shop = await startAuditedShop();
});
afterAll(() => shop.stop());

interface Found {
  invariant: number;
  breaches: number;
  ids: string[];
}

/** What the audit over HTTP finds wrong. */
async function audit(): Promise<Found[]> {
  const { body } = await shop.audit().expect(200);
  const wrong = (body.findings as Found[]).filter(({ breaches }) => breaches > 0);
  expect(body.breaches).toBe(wrong.reduce((sum, { breaches }) => sum + breaches, 0));
  return wrong.map(({ invariant, breaches, ids }) => ({ invariant, breaches, ids }));
}

test('finds nothing in a sound shop, and has looked everywhere', async () => {
  const { body } = await shop.audit().expect(200);
  const looked = (body.findings as (Found & { checked: number })[]).map(({ invariant, checked }) => [
    invariant,
    checked,
  ]);
  // 1 and 12 are the others' own; the payments are compared with the charges, the orders with the reservations.
  expect(looked).toEqual([
    [1, 3],
    [2, 6],
    [3, 26],
    [3, 8],
    [4, 15],
    [5, 8],
    [5, 3],
    [6, 8],
    [6, 3],
    [7, 7],
    [8, 3],
    [9, 4],
    [9, 30],
    [9, 0],
    [9, 0],
    [9, 0],
    [9, 0],
    [9, 0],
    [9, 0],
    [12, 3],
  ]);
  expect(body).toMatchObject({ breaches: 0, notBuilt: [10] });
  expect(Date.parse(body.auditedAt)).toBeGreaterThan(Date.now() - 60_000);
});

test('is for administrators', async () => {
  await shop.audit(somebody('seller').bearer).expect(403);
});

test('asks the other services with a token of its own', () => {
  const { products, accounts } = shop.others.calls;
  for (const { headers } of [...products, ...accounts]) expect(headers.authorization).toMatch(/^Bearer ey/);
});

test('tells what the others have found', async () => {
  const wrong = { invariant: 12, says: 'as asked for', checked: 9, breaches: 2, ids: ['a', 'b'] };
  shop.others.found.accounts.push(wrong);
  expect(await audit()).toEqual([{ invariant: 12, breaches: 2, ids: ['a', 'b'] }]);
  shop.others.found.accounts.pop();
});

test('finds a hold for an order that is not there', async () => {
  const [orderId, { reservations }] = [uuidv7(), shop.app.products];
  reservations.set(orderId, { status: 'held', items: [{} as never] });
  expect(await audit()).toEqual([{ invariant: 2, breaches: 1, ids: [orderId] }]);
  // A tombstone may be there without.
  reservations.set(orderId, { status: 'released', items: [] });
  expect(await audit()).toEqual([]);
  reservations.delete(orderId);
});

test('finds a paid order whose stock is free', async () => {
  const reservation = shop.app.products.reservations.get(shop.lives.paid)!;
  reservation.status = 'released';
  expect(await audit()).toEqual([{ invariant: 7, breaches: 1, ids: [shop.lives.paid] }]);
  reservation.status = 'committed';
});

test('finds money that the provider took twice, took another amount of, or gave back in secret', async () => {
  const { charges, refunds } = shop.app.provider;
  const [chargeId, charge] = [...charges].find(([, { orderId }]) => orderId === shop.lives.paid)!;
  const second = uuidv7();
  charges.set(second, charge);
  expect(await audit()).toEqual([{ invariant: 5, breaches: 1, ids: [shop.lives.paid] }]);
  charges.delete(second);
  charges.set(chargeId, { ...charge, amount: { amount: 1998, currency: 'EUR' } });
  expect(await audit()).toEqual([{ invariant: 6, breaches: 1, ids: [shop.lives.paid] }]);
  charges.set(chargeId, charge);
  refunds.set(second, { chargeId, amount: { amount: 1, currency: 'EUR' } });
  expect(await audit()).toEqual([{ invariant: 6, breaches: 1, ids: [shop.lives.paid] }]);
  refunds.delete(second);
});

test('finds what has changed and was not told, and what was told and has not changed', async () => {
  const source = '/product-service/products';
  const [told, silent, waiting, parked, invented] = Array.from({ length: 5 }, () => uuidv7());
  const { database } = shop.app;
  const insert = `INSERT INTO inbox_sequences VALUES (:source, :told, 3, 1, 3), (:source, :silent, 1, 1, 1), (:source, :invented, 1, 1, 1)`;
  await database.change(insert, { source, told, silent, invented });
  await database.change(
    `INSERT INTO dead_letters (id, event_id, sink, topic, type, event, error, attempts)
     VALUES (:id, :id, '', '', 'product.changed', :event, 'no', 5)`,
    { id: uuidv7(), event: JSON.stringify({ subject: parked }) },
  );
  shop.others.versions[source] = [
    { subject: told!, version: 3, isSettled: true },
    { subject: silent!, version: 2, isSettled: true },
    { subject: waiting!, version: 1, isSettled: false },
    { subject: parked!, version: 1, isSettled: true },
  ];
  expect(await audit()).toEqual([{ invariant: 9, breaches: 2, ids: [silent, invented].sort() }]);
  shop.others.versions[source] = [];
  await database.change('DELETE FROM dead_letters', {});
  await database.change('DELETE FROM inbox_sequences WHERE source = :source', { source });
});

test('what is on the move between two looks is no breach', async () => {
  const reservation = shop.app.products.reservations.get(shop.lives.paid)!;
  reservation.status = 'held';
  const { calls } = shop.others;
  calls.products.length = 0;
  shop.others.before = ({ path }) => {
    if (path.includes('orderIds')) reservation.status = 'committed';
  };
  expect(await audit()).toEqual([]);
  shop.others.before = undefined;
  // The second look is for the order that did not fit, and for no other.
  const looks = calls.products.map(({ path }) => path).filter((path) => path.includes('orderIds'));
  expect(looks).toEqual([`/internal/v1/audit/reservations?orderIds=${shop.lives.paid}`]);
});

test.each([
  ['products', 'product-service'],
  ['accounts', 'auth-service'],
  ['provider', 'the payment provider'],
] as const)('says so when it cannot ask %s', async (side, name) => {
  // Whom the test before has made unreachable is left alone for a second.
  await sleep(1_100);
  const addresses = shop.others.addresses[side];
  const [address] = addresses.splice(0, 1, 'http://127.0.0.1:1');
  const { body, headers } = await shop.audit().expect(503);
  expect(body).toMatchObject({ code: 'unavailable' });
  expect(body.detail).toContain(`${name} cannot be asked`);
  expect(headers['retry-after']).toBe('1');
  addresses.splice(0, 1, address!);
});

async function* listed<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items;
}
const wrongOf = (tallies: Tally[]): [number, string[]][] =>
  tallies.filter(({ breaches }) => breaches > 0).map(({ invariant, ids }) => [invariant, [...ids]]);

/** h: held, c: committed, r: released, n: none. */
const fitting: Record<OrderStatus, string> = {
  pending: 'hcrn',
  awaiting_payment: 'h',
  paying: 'hcrn',
  paid: 'c',
  partially_shipped: 'c',
  shipped: 'c',
  delivered: 'c',
  rejected: 'rn',
  cancelled: 'rn',
  payment_failed: 'rn',
  refunding: 'c',
  refunded: 'c',
};

test.each(orderStatuses)(
  'an order that is %s has its stock as the specification says, once it is idle',
  async (status) => {
    for (const stock of ['held', 'committed', 'released', 'none'] as const) {
      const order: AuditedOrder = { orderId: 'a', status, isIdle: true };
      const reservations: AuditedReservation[] =
        stock === 'none' ? [] : [{ orderId: 'a', status: stock, isTombstone: false }];
      const compare = (orders: AuditedOrder[]) =>
        compareReservations({ orders: listed(orders), reservations: listed(reservations) });
      const expected = fitting[status].includes(stock.charAt(0)) ? [] : [[7, ['a']]];
      expect([stock, wrongOf(await compare([order]))]).toEqual([stock, expected]);
      expect(wrongOf(await compare([{ ...order, isIdle: false }]))).toEqual([]);
    }
  },
);

const captured = {
  chargeId: '1',
  orderId: 'a',
  status: 'captured',
  amountMinor: 5,
  currency: 'EUR',
  refundedMinor: 2,
} as const;
const idle = { ...captured, isIdle: true };
const busy = { ...captured, isIdle: false };

test.each<[string, AuditedPayment[], AuditedCharge[], [number, string[]][]]>([
  ['the same on both sides', [idle], [captured], []],
  ['nothing was captured', [{ ...idle, status: 'declined' }], [{ ...captured, status: 'declined' }], []],
  [
    'a charge that was closed unreceived',
    [{ ...idle, status: 'failed' }],
    [{ ...captured, orderId: null, status: 'declined' }],
    [],
  ],
  ['captured here only', [idle], [], [[5, ['a']]]],
  ['captured here, declined there', [idle], [{ ...captured, status: 'declined' }], [[5, ['a']]]],
  ['captured there only', [], [captured], [[5, ['a']]]],
  ['declined here, captured there', [{ ...idle, status: 'declined' }], [captured], [[5, ['a']]]],
  ['about to be noted', [{ ...busy, status: 'processing' }], [captured], []],
  ['captured for another order', [idle], [{ ...captured, orderId: 'b' }], [[5, ['a']]]],
  ['a second capture', [idle], [captured, { ...captured, chargeId: '2' }], [[5, ['a']]]],
  ['another amount', [idle], [{ ...captured, amountMinor: 4 }], [[6, ['a']]]],
  ['another amount, while somebody is at it', [busy], [{ ...captured, amountMinor: 4 }], [[6, ['a']]]],
  ['another currency', [idle], [{ ...captured, currency: 'USD' }], [[6, ['a']]]],
  ['less given back than noted', [idle], [{ ...captured, refundedMinor: 1 }], [[6, ['a']]]],
  ['given back, and about to be noted', [busy], [{ ...captured, refundedMinor: 3 }], []],
])('payments and charges: %s', async (_what, payments, charges, wrong) => {
  expect(wrongOf(await compareCharges({ payments: listed(payments), charges: listed(charges) }))).toEqual(
    wrong,
  );
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('pairs two lists by key, and leaves nothing out', async () => {
  const ascending = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 2 })).map((keys) => keys.sort());
  await fc.assert(
    fc.asyncProperty(ascending, ascending, async (left, right) => {
      const pairs = await collect(mergeJoin(listed(left), listed(right), (key) => key));
      const all = [...new Set([...left, ...right])].sort();
      const partner = (list: string[], key: string) => (list.includes(key) ? key : undefined);
      expect(pairs).toEqual(all.map((key) => [partner(left, key), partner(right, key)]));
    }),
  );
});

test('refuses a list that does not ascend', async () => {
  const pairing = collect(mergeJoin(listed(['b', 'a']), listed<string>([]), (key) => key));
  await expect(pairing).rejects.toThrow('from b to a');
});
