import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { captured, declined, euros, type Simulator, startSimulator } from './helpers/simulator.ts';
import { tally, times } from './helpers/at-once.ts';

jest.setTimeout(120_000);

const voided = declined('voided');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ poolSize: 10 });
});
afterEach(expectExactSums);
afterAll(() => simulator.stop());

/** Charges whose refunds are not what their row says, or more than they captured. */
const wrongCharges = `
  SELECT charges.id, status, amount_minor, refunded_minor, refund_count, sums.minor, sums.number FROM charges
    LEFT JOIN (SELECT charge_id, SUM(amount_minor) AS minor, COUNT(*) AS number
                 FROM refunds WHERE status = 'refunded' GROUP BY charge_id) AS sums ON sums.charge_id = charges.id
   WHERE refunded_minor <> COALESCE(sums.minor, 0) OR refund_count <> COALESCE(sums.number, 0)
      OR refunded_minor > COALESCE(amount_minor, 0) OR (refunded_minor > 0 AND status <> 'captured')`;

async function expectExactSums(): Promise<void> {
  const charges = await simulator.database.select(wrongCharges);
  const open = await simulator.database.select(`SELECT id FROM refunds WHERE status = 'open'`);
  expect({ charges, open }).toEqual({ charges: [], open: [] });
}

async function countCaptured(chargeIds: string[]): Promise<number> {
  const [row] = await simulator.database.select<{ count: number }>(
    `SELECT COUNT(*) AS count FROM charges WHERE status = 'captured' AND id IN (:chargeIds)`,
    { chargeIds },
  );
  return Number(row?.count);
}

/** Lets everybody go on at the moment the last one arrives. */
function barrier(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let arrived = 0;
  return async () => {
    arrived += 1;
    if (arrived === parties) resolve(undefined);
    await promise;
  };
}

describe('a charge', () => {
  test('that is captured and voided at once has one end, which all are told', async () => {
    const chargeIds = times(150, () => randomUUID());
    let captures = 0;
    for (const chargeId of chargeIds) {
      // The capture is about to write its row when the void sets out; the pauses let either be the first.
      const meet = barrier(2);
      simulator.whileAsleep = async () => {
        await meet();
        await pause(Math.random() * 5);
      };
      const close = async () => {
        await meet();
        await pause(Math.random() * 2);
        return simulator.close(chargeId);
      };
      const token = 'tok_slow_1';
      const [charge, closing] = await Promise.all([simulator.charge(chargeId, { token }), close()]);
      const end = (await simulator.inquire(chargeId)).body as object;
      expect([charge.status, closing.status]).toEqual([200, 200]);
      expect([captured, voided]).toContainEqual(end);
      expect([charge.body, closing.body]).toEqual([end, end]);
      if (charge.body.status === 'captured') captures += 1;
    }
    simulator.whileAsleep = () => Promise.resolve();
    expect(await countCaptured(chargeIds)).toBe(captures);
  });

  test('that is received and voided at once has one end, which all are told', async () => {
    const chargeIds = times(150, () => randomUUID());
    let captures = 0;
    for (const [round, chargeId] of chargeIds.entries()) {
      const close = async () => {
        // The odd rounds give the charge a start, of any length that it may take.
        if (round % 2) await pause(Math.random() * 25);
        return simulator.close(chargeId);
      };
      const answers = await Promise.all([simulator.charge(chargeId), close()]);
      const end = (await simulator.inquire(chargeId)).body as object;
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.map(({ body }) => body as object)).toEqual([end, end]);
      if (answers[0].body.status === 'captured') captures += 1;
    }
    expect(await countCaptured(chargeIds)).toBe(captures);
  });

  test('that ten capture and ten void has one end', async () => {
    for (let round = 0; round < 20; round += 1) {
      const chargeId = randomUUID();
      const answers = await Promise.all(
        times(20, (index) => (index % 2 ? simulator.charge(chargeId) : simulator.close(chargeId))),
      );
      expect(Object.values(tally(answers))).toEqual([20]);
    }
  });

  test('that comes 20 times at once is stored once, and all are told the same', async () => {
    for (const token of ['tok_ok', 'tok_insufficient_funds', 'tok_slow_5']) {
      const chargeId = randomUUID();
      const answers = await Promise.all(times(20, () => simulator.charge(chargeId, { token })));
      expect(Object.values(tally(answers))).toEqual([20]);
    }
  });

  test('that fails softly does so as often as its token says, however many come at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const chargeId = randomUUID();
      const token = 'tok_flaky_7';
      const answers = await Promise.all(times(20, () => simulator.charge(chargeId, { token })));
      const { '503 unavailable': failed = 0, '200 captured': done = 0 } = tally(answers);
      expect([failed + done, (await simulator.inquire(chargeId)).body]).toEqual([20, captured]);
      expect(failed).toBe(7);
    }
  });

  test('that comes with two payloads at once has one of them', async () => {
    for (let round = 0; round < 20; round += 1) {
      const chargeId = randomUUID();
      const answers = await Promise.all(
        times(10, (index) => simulator.charge(chargeId, { amount: euros(1 + (index % 2)) })),
      );
      expect(tally(answers)).toEqual({ '200 captured': 5, '422 charge-differs': 5 });
    }
  });
});

describe('refunds', () => {
  async function paid(amount: number): Promise<string> {
    const chargeId = randomUUID();
    await simulator.charge(chargeId, { amount: euros(amount) }).expect(200);
    return chargeId;
  }

  test('of 20 at once, worth twice the capture, give exactly the capture back', async () => {
    for (let round = 0; round < 10; round += 1) {
      const chargeId = await paid(1000);
      const answers = await Promise.all(
        times(20, () => simulator.refund(randomUUID(), { chargeId, amount: euros(100) })),
      );
      expect(tally(answers)).toEqual({ '200 refunded': 10, '200 exceeds_captured': 10 });
    }
  });

  test('that come 20 times at once under one id are one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [chargeId, refundId] = [await paid(1000), randomUUID()];
      const answers = await Promise.all(
        times(20, () => simulator.refund(refundId, { chargeId, amount: euros(700) })),
      );
      expect(tally(answers)).toEqual({ '200 refunded': 20 });
    }
  });

  test('that race with the capture are refunded after it or not captured, never in between', async () => {
    for (let round = 0; round < 30; round += 1) {
      const chargeId = randomUUID();
      const [, ...answers] = await Promise.all([
        simulator.charge(chargeId, { amount: euros(1000) }),
        ...times(5, () => simulator.refund(randomUUID(), { chargeId, amount: euros(10) })),
      ]);
      const { '200 refunded': made = 0, '200 not_captured': early = 0 } = tally(answers);
      expect(made + early).toBe(5);
    }
  });
});
