import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { captured, declined, euros, type Simulator, startSimulator } from './helpers/simulator.ts';

const voided = declined('voided');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());

describe('closing a charge', () => {
  test.each([
    ['tok_ok', captured],
    ['tok_insufficient_funds', declined('insufficient_funds')],
  ])('that rests with %s answers its outcome and changes nothing', async (token, outcome) => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId, { token }).expect(200);
    expect((await simulator.close(chargeId).expect(200)).body).toEqual(outcome);
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(outcome);
  });

  test('of which nothing has come voids it, for ever', async () => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId, { token: 'tok_flaky_1' }).expect(503);
    expect((await simulator.close(chargeId).expect(200)).body).toEqual(voided);
    expect((await simulator.close(chargeId).expect(200)).body).toEqual(voided);
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(voided);
    expect((await simulator.charge(chargeId, { token: 'tok_flaky_1' }).expect(200)).body).toEqual(voided);
    expect((await simulator.charge(chargeId).expect(422)).body.code).toBe('charge-differs');
  });

  test('that was never received leaves a tombstone, and whatever comes later captures nothing', async () => {
    const chargeId = randomUUID();
    expect((await simulator.close(chargeId).expect(200)).body).toEqual(voided);
    expect((await simulator.close(chargeId).expect(200)).body).toEqual(voided);
    for (const token of ['tok_ok', 'tok_lost_response', 'tok_timeout', 'tok_slow_500', 'tok_flaky_2']) {
      const answer = await simulator.charge(chargeId, { token, amount: euros(5) }).expect(200);
      expect(answer.body).toEqual(voided);
    }
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(voided);
    expect(simulator.naps).toEqual([]);
  });

  test('while it takes its time voids it, and its answer says so', async () => {
    const chargeId = randomUUID();
    simulator.whileAsleep = async () => {
      expect((await simulator.close(chargeId).expect(200)).body).toEqual(voided);
    };
    const answer = await simulator.charge(chargeId, { token: 'tok_slow_500' }).expect(200);
    simulator.whileAsleep = () => Promise.resolve();
    expect(answer.body).toEqual(voided);
  });
});
