import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultName } from '../../scripts/reliability/faults.ts';
import { awaitAllAtRest, awaitOpen } from './await-healed.ts';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { countDeaths, type FaultGround } from './fault-ground.ts';
import { noteHealed } from './note-healed.ts';
import { WatchfulLoad } from './watchful-load.ts';

/** quality.md section 2. */
const promisedSeconds = 60;
const quietMs = 2_000;

/**
 * Lets a fault happen under load, and expects what every fault has to keep: nobody gets an answer that tells of the
 * inside or of nothing, no process of ours ends, all is well within 60 s, and nothing that was acknowledged is lost.
 * @param harm ends when the fault does
 * @returns the load, for what a fault has to keep besides
 */
export async function sufferUnderLoad(
  ground: FaultGround,
  fault: FaultName,
  harm: () => Promise<void>,
): Promise<WatchfulLoad> {
  const deaths = countDeaths(ground.stack);
  const load = new WatchfulLoad(ground);
  let seconds: number;
  try {
    await sleep(quietMs);
    await harm();
    const brokenUntil = performance.now();
    await awaitOpen(ground, brokenUntil);
    await load.stop();
    seconds = await awaitAllAtRest(ground, brokenUntil);
  } finally {
    await load.stop();
  }
  expect([...load.complaints]).toEqual([]);
  expect(load.orders.size).toBeGreaterThan(0);
  expect(countDeaths(ground.stack)).toBe(deaths);
  expect(seconds).toBeLessThan(promisedSeconds);
  await expectNothingLost(ground, load.orders);
  noteHealed(fault, seconds);
  return load;
}
