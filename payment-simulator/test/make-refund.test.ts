import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { declined, euros, refunded, type Simulator, startSimulator } from './helpers/simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());

const inquire = (refundId: string) => simulator.send('get', `/refunds/${refundId}`);

async function paid(amount: number): Promise<string> {
  const chargeId = randomUUID();
  await simulator.charge(chargeId, { amount: euros(amount) }).expect(200);
  return chargeId;
}

async function outcomeOf(refundId: string, chargeId: string, amount: object): Promise<unknown> {
  return (await simulator.refund(refundId, { chargeId, amount }).expect(200)).body;
}

/** Makes a refund, and expects that its repeat and its inquiry tell the same. */
async function refund(chargeId: string, amount: object): Promise<unknown> {
  const refundId = randomUUID();
  await inquire(refundId).expect(404);
  const outcome = await outcomeOf(refundId, chargeId, amount);
  expect(await outcomeOf(refundId, chargeId, amount)).toEqual(outcome);
  expect((await inquire(refundId).expect(200)).body).toEqual(outcome);
  return outcome;
}

async function refundedMinor(chargeId: string): Promise<number> {
  const sql = 'SELECT refunded_minor AS minor FROM charges WHERE id = :chargeId';
  const [row] = await simulator.database.select<{ minor: string }>(sql, { chargeId });
  return Number(row?.minor);
}

describe('refunds', () => {
  test('give back what was captured, piece by piece, and no more', async () => {
    const chargeId = await paid(1000);
    expect(await refund(chargeId, euros(400))).toEqual(refunded);
    expect(await refund(chargeId, euros(601))).toEqual(declined('exceeds_captured'));
    expect(await refund(chargeId, euros(600))).toEqual(refunded);
    expect(await refund(chargeId, euros(1))).toEqual(declined('exceeds_captured'));
    expect(await refundedMinor(chargeId)).toBe(1000);
  });

  test('of nothing are possible, also when all is given back', async () => {
    const chargeId = await paid(10);
    expect(await refund(chargeId, euros(10))).toEqual(refunded);
    expect(await refund(chargeId, euros(0))).toEqual(refunded);
    expect(await refund(await paid(0), euros(0))).toEqual(refunded);
  });

  test('in another currency are declined', async () => {
    const chargeId = await paid(1000);
    expect(await refund(chargeId, { amount: 10, currency: 'USD' })).toEqual(declined('wrong_currency'));
    expect(await refundedMinor(chargeId)).toBe(0);
  });

  test('of a charge that captured nothing are declined', async () => {
    const [open, refused, closed] = [randomUUID(), randomUUID(), randomUUID()];
    await simulator.charge(open, { token: 'tok_flaky_1' }).expect(503);
    await simulator.charge(refused, { token: 'tok_insufficient_funds' }).expect(200);
    await simulator.close(closed).expect(200);
    for (const chargeId of [open, refused, closed, randomUUID()]) {
      expect(await refund(chargeId, euros(1))).toEqual(declined('not_captured'));
    }
  });

  test('that were declined stay so, whatever becomes of the charge', async () => {
    const [chargeId, refundId] = [randomUUID(), randomUUID()];
    expect(await outcomeOf(refundId, chargeId, euros(5))).toEqual(declined('not_captured'));
    await simulator.charge(chargeId).expect(200);
    expect(await outcomeOf(refundId, chargeId, euros(5))).toEqual(declined('not_captured'));
    expect(await refundedMinor(chargeId)).toBe(0);
  });

  test('sent again with another payload are refused', async () => {
    const [chargeId, other, refundId] = [await paid(100), await paid(100), randomUUID()];
    await outcomeOf(refundId, chargeId, euros(10));
    for (const payload of [
      { chargeId: other, amount: euros(10) },
      { chargeId, amount: euros(11) },
      { chargeId, amount: { amount: 10, currency: 'USD' } },
    ]) {
      expect((await simulator.refund(refundId, payload).expect(422)).body.code).toBe('refund-differs');
    }
    expect([await refundedMinor(chargeId), await refundedMinor(other)]).toEqual([10, 0]);
  });
});
