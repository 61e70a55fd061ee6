import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { euros, orderId, type Simulator, startSimulator } from './helpers/simulator.ts';
import { times } from './helpers/at-once.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());

const list = (query = '') => simulator.send('get', `/charges${query}`);

describe('the list of charges', () => {
  test('is empty at first', async () => {
    expect((await list().expect(200)).body).toEqual({ items: [], nextCursor: null });
  });

  test('names those that rest in ascending id, page by page', async () => {
    const chargeIds = times(7, () => randomUUID()).sort();
    for (const chargeId of chargeIds.toReversed()) await simulator.charge(chargeId).expect(200);
    await simulator.charge(randomUUID(), { token: 'tok_timeout' }).expect(503);
    const found: string[] = [];
    let cursor: string | null = '';
    for (let pages = 1; cursor !== null; pages += 1) {
      const answer = await list(`?limit=3${cursor && `&cursor=${cursor}`}`).expect(200);
      found.push(...(answer.body.items as { chargeId: string }[]).map(({ chargeId }) => chargeId));
      cursor = answer.body.nextCursor as string | null;
      expect(cursor === null).toBe(pages === 3);
    }
    expect(found).toEqual(chargeIds);
    expect((await list().expect(200)).body.items).toHaveLength(7);
  });

  test('shows what was captured, given back, declined and voided', async () => {
    const [paid, refused, closed] = times(3, () => randomUUID()) as [string, string, string];
    await simulator.charge(paid, { amount: euros(500) }).expect(200);
    await simulator.refund(randomUUID(), { chargeId: paid, amount: euros(120) }).expect(200);
    await simulator.charge(refused, { amount: euros(7), token: 'tok_insufficient_funds' }).expect(200);
    await simulator.close(closed).expect(200);
    const { items } = (await list('?limit=1000').expect(200)).body as { items: { chargeId: string }[] };
    const shown = (id: string) => items.find(({ chargeId }) => chargeId === id);
    const createdAt = expect.stringMatching(/^\d{4}-.*Z$/);
    expect([shown(paid), shown(refused), shown(closed)]).toEqual([
      { chargeId: paid, orderId, status: 'captured', amount: euros(500), refunded: euros(120), createdAt },
      { chargeId: refused, orderId, status: 'declined', amount: euros(7), refunded: euros(0), createdAt },
      { chargeId: closed, orderId: null, status: 'declined', amount: null, refunded: null, createdAt },
    ]);
  });

  test.each(['?limit=0', '?limit=1001', '?limit=x', '?cursor=nonsense', '?status=captured'])(
    'refuses %s',
    async (query) => {
      expect((await list(query).expect(400)).body.code).toBe('validation-failed');
    },
  );
});
