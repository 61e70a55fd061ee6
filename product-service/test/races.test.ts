import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { expectExactStock, readStock } from './helpers/invariants.ts';
import type { Person, Product } from './helpers/product-app.ts';
import { type Answer, type Replicas, startReplicas } from './helpers/replicas.ts';

jest.setTimeout(60_000);

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

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Starts all of them in one go, in a random order. */
async function atOnce(tasks: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const order = times(tasks.length, (index) => ({ index, at: Math.random() })).sort((a, b) => a.at - b.at);
  const answers = await Promise.all(order.map(async ({ index }) => [index, await tasks[index]!()] as const));
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

/** Works through tasks, a fixed number of them at a time. */
async function pooled(limit: number, tasks: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const index = next++;
      answers[index] = await tasks[index]!();
    }
  };
  await Promise.all(times(limit, work));
  return answers;
}

/** How many answers there were of each kind: "201", or "409 insufficient-stock". */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = status < 300 ? `${status}` : `${status} ${body.code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const create = (initialStock: number): Promise<Product> => replicas.create(seller, { initialStock });
const one = ({ id }: Product, quantity = 1) => ({ productId: id, quantity });

describe('holds', () => {
  test('of 500 at once, a stock of 100 gives exactly 100', async () => {
    const product = await create(100);
    const answers = await atOnce(times(500, () => () => replicas.hold(uuidv7(), [one(product)])));
    expect(tally(answers)).toEqual({ '201': 100, '409 insufficient-stock': 400 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 100, reserved: 100 });
  });

  test('never take a part of an order when the rest is sold out', async () => {
    const [plenty, few] = [await create(1000), await create(7)];
    const answers = await atOnce(times(40, () => () => replicas.hold(uuidv7(), [one(plenty, 3), one(few)])));
    expect(tally(answers)).toEqual({ '201': 7, '409 insufficient-stock': 33 });
    expect(await readStock(replicas.database, plenty.id)).toEqual({ onHand: 1000, reserved: 21 });
  });

  test('with crossing lines end without a deadlock', async () => {
    const [a, b] = [await create(150), await create(150)];
    const orders = times(200, (index) => (index % 2 ? [one(a), one(b)] : [one(b), one(a)]));
    const answers = await pooled(
      60,
      orders.map((items) => () => replicas.hold(uuidv7(), items)),
    );
    expect(tally(answers)).toEqual({ '201': 150, '409 insufficient-stock': 50 });
    for (const { id } of [a, b]) {
      expect(await readStock(replicas.database, id)).toEqual({ onHand: 150, reserved: 150 });
    }
  });

  test('of one order, 20 at once, are one hold', async () => {
    const product = await create(100);
    for (let round = 1; round <= 5; round += 1) {
      const orderId = uuidv7();
      const answers = await atOnce(times(20, () => () => replicas.hold(orderId, [one(product, 2)])));
      expect(tally(answers)).toEqual({ '200': 19, '201': 1 });
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect((await readStock(replicas.database, product.id)).reserved).toBe(2 * round);
    }
  });

  test('of one order, 20 at once, are all refused when the stock is short', async () => {
    const product = await create(1);
    for (let round = 0; round < 5; round += 1) {
      const orderId = uuidv7();
      const answers = await atOnce(times(20, () => () => replicas.hold(orderId, [one(product, 2)])));
      expect(tally(answers)).toEqual({ '409 insufficient-stock': 20 });
    }
  });
});

describe('a reservation', () => {
  test('that is released while its hold is on the way ends released, and its stock is back', async () => {
    const product = await create(5);
    for (let round = 0; round < 200; round += 1) {
      const orderId = uuidv7();
      const [held, released] = await atOnce([
        () => replicas.hold(orderId, [one(product, 5)]),
        () => replicas.move(orderId, 'release'),
      ]);
      expect(released).toMatchObject({ status: 200, body: { status: 'released' } });
      expect([201, 410]).toContain(held!.status);
      expect((await replicas.hold(orderId, [one(product, 5)])).status).toBe(410);
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 5, reserved: 0 });
  });

  test('is either committed or released, never both', async () => {
    const product = await create(1000);
    let sold = 0;
    for (let round = 0; round < 200; round += 1) {
      const orderId = uuidv7();
      await replicas.hold(orderId, [one(product, 3)]);
      const answers = await atOnce([
        () => replicas.move(orderId, 'commit'),
        () => replicas.move(orderId, 'release'),
      ]);
      expect(tally(answers)).toEqual({ '200': 1, '409 wrong-state': 1 });
      if (answers[0]!.status === 200) sold += 3;
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 1000 - sold, reserved: 0 });
  });

  test('that ten replicas commit and ten release has one end', async () => {
    const product = await create(100);
    for (let round = 0; round < 10; round += 1) {
      const orderId = uuidv7();
      await replicas.hold(orderId, [one(product)]);
      const verbs = times(20, (index) => (index % 2 ? 'commit' : 'release'));
      const answers = await atOnce(verbs.map((verb) => () => replicas.move(orderId, verb)));
      expect(tally(answers)).toEqual({ '200': 10, '409 wrong-state': 10 });
    }
  });

  test('released by 20 at once, before and after its hold, gives its stock back once', async () => {
    const product = await create(10);
    for (let round = 0; round < 10; round += 1) {
      const orderId = uuidv7();
      if (round % 2) await replicas.hold(orderId, [one(product)]);
      const answers = await atOnce(times(20, () => () => replicas.move(orderId, 'release')));
      expect(tally(answers)).toEqual({ '200': 20 });
    }
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 10, reserved: 0 });
  });

  test('takes a return that comes 20 times at once in once, and never more than it sold', async () => {
    const product = await create(10);
    const orderId = uuidv7();
    await replicas.hold(orderId, [one(product, 10)]);
    await replicas.move(orderId, 'commit');
    const items = [one(product, 4)];
    const returnId = uuidv7();
    const same = await atOnce(times(20, () => () => replicas.move(orderId, 'return', { returnId, items })));
    expect(tally(same)).toEqual({ '200': 20 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 4, reserved: 0 });
    const others = times(10, () => ({ returnId: uuidv7(), items }));
    const answers = await atOnce(others.map((body) => () => replicas.move(orderId, 'return', body)));
    expect(tally(answers)).toEqual({ '200': 1, '409 wrong-state': 9 });
    expect(await readStock(replicas.database, product.id)).toEqual({ onHand: 8, reserved: 0 });
  });
});

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
    let selling = true;
    const editing = (async () => {
      let version = 1;
      while (selling) {
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
    selling = false;
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
