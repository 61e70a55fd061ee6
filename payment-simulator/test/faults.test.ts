import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createFaults } from '../src/faults/create-faults.ts';
import { captured, euros, faultSeed, refunded, type Simulator, startSimulator } from './helpers/simulator.ts';
import { times } from './helpers/at-once.ts';

const none = { delayMs: 0, failRate: 0, loseRate: 0 };
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await clear();
  simulator.naps.length = 0;
});
afterAll(() => simulator.stop());

const read = async (): Promise<unknown> => (await simulator.send('get', '/faults').expect(200)).body;
const switchOn = (faults: object) => simulator.send('put', '/faults', faults);
const clear = () => simulator.send('delete', '/faults').expect(204);

describe('faults', () => {
  test('are off until somebody switches them, and what is not named goes off again', async () => {
    expect(await read()).toEqual(none);
    const all = { delayMs: 5, failRate: 0.25, loseRate: 1 };
    expect((await switchOn(all).expect(200)).body).toEqual(all);
    expect(await read()).toEqual(all);
    expect((await switchOn({ delayMs: 7 }).expect(200)).body).toEqual({ ...none, delayMs: 7 });
    await clear();
    expect(await read()).toEqual(none);
  });

  test.each([{ delayMs: -1 }, { delayMs: 30_001 }, { failRate: 1.1 }, { loseRate: -0.1 }, { speed: 1 }])(
    'refuse %j',
    async (faults) => {
      expect((await switchOn(faults).expect(400)).body.code).toBe('validation-failed');
      expect(await read()).toEqual(none);
    },
  );

  test('delay charges and refunds before any work, and nothing else', async () => {
    const chargeId = randomUUID();
    const found: number[] = [];
    await switchOn({ delayMs: 250 }).expect(200);
    simulator.whileAsleep = async () => found.push((await simulator.inquire(chargeId)).status);
    await simulator.charge(chargeId).expect(200);
    await simulator.refund(randomUUID(), { chargeId, amount: euros(1) }).expect(200);
    simulator.whileAsleep = () => Promise.resolve();
    await simulator.close(chargeId).expect(200);
    expect(simulator.naps).toEqual([250, 250]);
    expect(found).toEqual([404, 200]);
  });

  test('of failRate refuse before any work', async () => {
    const [chargeId, refundId] = [randomUUID(), randomUUID()];
    await switchOn({ failRate: 1 }).expect(200);
    const answer = await simulator.charge(chargeId).expect(503);
    expect(answer.get('Retry-After')).toBe('1');
    await simulator.refund(refundId, { chargeId, amount: euros(1) }).expect(503);
    await simulator.inquire(chargeId).expect(404);
    await simulator.send('get', `/refunds/${refundId}`).expect(404);
    expect(simulator.naps).toEqual([]);
    await clear();
    await simulator.charge(chargeId, { amount: euros(7) }).expect(200);
  });

  test('of loseRate do the work, and no answer arrives', async () => {
    const [chargeId, refundId] = [randomUUID(), randomUUID()];
    await switchOn({ loseRate: 1 }).expect(200);
    await simulator.charge(chargeId).expect(503);
    await simulator.refund(refundId, { chargeId, amount: euros(1) }).expect(503);
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(captured);
    expect((await simulator.send('get', `/refunds/${refundId}`).expect(200)).body).toEqual(refunded);
    expect(simulator.naps).toEqual([10_000, 10_000]);
  });

  test('of a share hit this share, and the same sends in every run', () => {
    const ids = times(4000, () => randomUUID());
    const run = () => {
      const faults = createFaults(faultSeed);
      faults.set({ delayMs: 3, failRate: 0.3, loseRate: 0.1 });
      return ids.flatMap((id) => [faults.draw(id), faults.draw(id)]);
    };
    const fates = run();
    expect(run()).toEqual(fates);
    const share = (of: 'isRefused' | 'losesAnswer') => fates.filter((fate) => fate[of]).length / fates.length;
    expect(Math.abs(share('isRefused') - 0.3)).toBeLessThan(0.05);
    expect(Math.abs(share('losesAnswer') - 0.1)).toBeLessThan(0.05);
    const firsts = fates.filter((_fate, index) => index % 2 === 0);
    const seconds = fates.filter((_fate, index) => index % 2 === 1);
    expect(seconds).not.toEqual(firsts);
  });
});
