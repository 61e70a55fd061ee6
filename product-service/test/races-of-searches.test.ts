import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { defineModels } from '../src/models.ts';
import { fillWords } from '../src/search/fill-words.ts';
import { toWordColumns } from '../src/search/tokens.ts';
import { atOnce, times } from './helpers/at-once.ts';
import type { Person, Product } from './helpers/product-app.ts';
import { type Answer, type Replicas, startReplicas } from './helpers/replicas.ts';

jest.setTimeout(120_000);

let replicas: Replicas;
let seller: Person;
beforeAll(async () => {
  replicas = await startReplicas();
  seller = replicas.person('seller');
});
afterEach(() => {
  expect(replicas.takeComplaints()).toEqual([]);
});
afterAll(() => replicas.stop());

const edit = (id: string, name: string): Promise<Answer> =>
  replicas.call('PATCH', `/products/${id}`, { by: seller, headers: { 'If-Match': '*' }, body: { name } });

async function find(q: string): Promise<string[]> {
  const { body } = await replicas.call('GET', `/products?q=${encodeURIComponent(q)}`);
  return (body.items as Product[]).map(({ id }) => id);
}

/** Answered by one replica, and looked for at the other. */
async function liveOf(index: number): Promise<Answer> {
  const { id } = await replicas.create(seller, { name: `Fresh${index}x lamp` });
  expect(await find(`fresh${index}x`)).toEqual([id]);
  const answer = await edit(id, `Renamed${index}x lamp`);
  expect(await find(`renamed${index}x`)).toEqual([id]);
  expect(await find(`fresh${index}x`)).toEqual([]);
  const headers = { 'If-Match': '*' };
  await replicas.call('DELETE', `/products/${id}`, { by: seller, headers });
  expect(await find(`renamed${index}x`)).toEqual([]);
  await replicas.call('POST', `/products/${id}/restore`, { by: seller, headers });
  expect(await find(`renamed${index}x`)).toEqual([id]);
  return answer;
}

test('a write is found as soon as it is answered, while others write', async () => {
  for (let round = 0; round < 2; round += 1) {
    const answers = await atOnce(times(15, (index) => () => liveOf(round * 100 + index)));
    expect(answers.map(({ status }) => status)).toEqual(times(15, () => 200));
  }
});

test('edits and two fillings of words at once leave each product with the words of its texts', async () => {
  const { database } = replicas;
  defineModels(database.sequelize);
  const products = await Promise.all(
    times(10, (index) => replicas.create(seller, { name: `Start ${index}` })),
  );
  for (let round = 0; round < 6; round += 1) {
    // What the previous version does: texts and a version, no words.
    await database.change(
      `UPDATE products SET version = version + 1, name = CONCAT('Old code ', :round),
              field_versions = JSON_SET(field_versions, '$.name', version) WHERE id IN (:ids)`,
      { round, ids: products.map(({ id }) => id) },
    );
    const edits = atOnce(
      products.map(
        ({ id }, index) =>
          () =>
            edit(id, `Edit ${round}.${index}`),
      ),
    );
    await Promise.all([edits, fillWords(database), fillWords(database)]);
  }
  await fillWords(database);
  const rows = await database.select<{ name: string; description: string; words: string }>(
    `SELECT name, description, text_words AS words FROM products JOIN product_words ON product_id = id`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(products.length);
  for (const row of rows) expect(row.words).toBe(toWordColumns(row).textWords);
});

test('a product that the previous version writes is found within seconds', async () => {
  const { id } = await replicas.create(seller, { name: 'Plain' });
  await replicas.database.change(
    `UPDATE products SET version = version + 1, name = 'Backdoor',
            field_versions = JSON_SET(field_versions, '$.name', version) WHERE id = :id`,
    { id },
  );
  const deadline = Date.now() + 10_000;
  while ((await find('backdoor')).length === 0) {
    if (Date.now() > deadline) throw new Error('The replicas did not store the words.');
  }
  expect(await find('plain')).toEqual([]);
});
