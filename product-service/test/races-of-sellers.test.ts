import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { atOnce, pooled, tally, times } from './helpers/at-once.ts';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import type { Person, Product } from './helpers/product-app.ts';
import { type Answer, type Replicas, startReplicas } from './helpers/replicas.ts';

jest.setTimeout(180_000);

let replicas: Replicas;
let seller: Person;
beforeAll(async () => {
  replicas = await startReplicas();
  seller = replicas.person('seller');
});
afterEach(async () => {
  await expectExactStock(replicas.database);
  expect(replicas.takeComplaints()).toEqual([]);
});
afterAll(() => replicas.stop());

const create = (initialStock: number): Promise<Product> => replicas.create(seller, { initialStock });
const one = ({ id }: Product, quantity = 1) => ({ productId: id, quantity });

describe('a product', () => {
  const edit = (id: string, tag: string, name: string): Promise<Answer> =>
    replicas.call('PATCH', `/products/${id}`, { by: seller, headers: { 'If-Match': tag }, body: { name } });

  test('edited 50 times at once with one If-Match takes one edit', async () => {
    const { id } = await create(0);
    for (let version = 1; version <= 50; version += 1) {
      const body = (index: number) => ({
        name: `Edit ${version}.${index}`,
        description: '',
        price: { amount: index, currency: 'EUR' },
      });
      const headers = { 'If-Match': `"${version}"` };
      const answers = await atOnce(
        times(
          50,
          (index) => () =>
            replicas.call('PUT', `/products/${id}`, { by: seller, headers, body: body(index) }),
        ),
      );
      expect(tally(answers)).toEqual({ '200': 1, '412 version-conflict': 49 });
      const winner = answers.find(({ status }) => status === 200)!;
      expect(winner.body.version).toBe(version + 1);
      for (const { status, body: problem } of answers) {
        if (status === 412) expect(problem.current).toEqual(winner.body);
      }
      expect((await replicas.call('GET', `/products/${id}`, { by: seller })).body).toEqual(winner.body);
    }
  });

  test('answers each edit with what that edit made, not with a later one', async () => {
    const { id } = await create(0);
    for (let round = 0; round < 20; round += 1) {
      const names = times(20, (index) => `Any ${round}.${index}`);
      const answers = await atOnce(names.map((name) => () => edit(id, '*', name)));
      const made = answers.filter(({ status }) => status === 200);
      const seen = answers.flatMap(({ status, body }, index) =>
        status === 200 ? [[body.name, names[index]]] : [],
      );
      for (const [said, sent] of seen) expect(said).toBe(sent);
      expect(new Set(made.map(({ body }) => body.version)).size).toBe(made.length);
    }
  });

  test('keeps its version through 300 sales, and takes every edit meanwhile', async () => {
    const product = await create(300);
    const sale = { isOn: true };
    const editing = (async () => {
      let version = 1;
      while (sale.isOn) {
        const { status, body } = await edit(product.id, `"${version}"`, `Edit ${version}`);
        expect({ status, version: body.version }).toEqual({ status: 200, version: version + 1 });
        version += 1;
      }
      return version;
    })();
    const answers = await pooled(
      20,
      times(300, () => async () => {
        const orderId = uuidv7();
        await replicas.hold(orderId, [one(product)]);
        return replicas.move(orderId, 'commit');
      }),
    );
    sale.isOn = false;
    const version = await editing;
    expect(tally(answers)).toEqual({ '200': 300 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 0, reserved: 0 });
    expect((await replicas.call('GET', `/products/${product.id}`)).body.version).toBe(version);
    expect(version).toBeGreaterThan(2);
  });
});

describe('adjustments', () => {
  const adjust = ({ id }: Product, key: string, body: object): Promise<Answer> =>
    replicas.call('POST', `/products/${id}/inventory/adjustments`, {
      by: seller,
      headers: { 'Idempotency-Key': key },
      body,
    });
  const adjustmentsOf = ({ id }: Product) =>
    replicas.database.select("SELECT id FROM stock_ledger WHERE product_id = :id AND kind = 'adjustment'", {
      id,
    });

  test('sent 50 times at once with one key are one', async () => {
    const product = await create(10);
    const answers = await atOnce(
      times(50, () => () => adjust(product, 'one key', { delta: 5, reason: 'Found' })),
    );
    expect(tally(answers)).toEqual({ '201': 50 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('Idempotency-Replayed') === null)).toHaveLength(1);
    expect(await adjustmentsOf(product)).toHaveLength(1);
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 15, reserved: 0 });
  });

  test('sent 50 times at once with one key are refused alike', async () => {
    const product = await create(10);
    const answers = await atOnce(
      times(50, () => () => adjust(product, 'short', { delta: -11, reason: 'Lost' })),
    );
    expect(tally(answers)).toEqual({ '409 below-reserved': 50 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test('of a counted stock, 20 at once, are one', async () => {
    const product = await create(10);
    const answers = await atOnce(
      times(
        20,
        (index) => () =>
          adjust(product, `${index}`, { setTo: 20 + index, expectedOnHand: 10, reason: 'Counted' }),
      ),
    );
    expect(tally(answers)).toEqual({ '201': 1, '412 version-conflict': 19 });
  });

  test('and holds together never reserve more than there is', async () => {
    const product = await create(100);
    const answers = await atOnce(
      times(
        200,
        (index) => () =>
          index % 2
            ? replicas.hold(uuidv7(), [one(product, 2)])
            : adjust(product, uuidv7(), { delta: -1, reason: 'Lost' }),
      ),
    );
    const {
      '201': done = 0,
      '409 insufficient-stock': short = 0,
      '409 below-reserved': below = 0,
    } = tally(answers);
    expect(done + short + below).toBe(200);
    const { onHand, reserved } = await readStock(replicas.database, product.id);
    expect(onHand).toBe(100 - (100 - below));
    expect(reserved).toBe(2 * (100 - short));
    // Nobody was refused while there was enough for them.
    expect(onHand - reserved).toBeLessThan(2);
  });
});
