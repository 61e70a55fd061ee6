import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { awaitAllAtRest, awaitOpen } from '../helpers/await-healed.ts';
import { Crowd, measureRate, offerRate } from '../helpers/crowd.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { countDeaths, type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';

let ground: FaultGround;

beforeAll(async () => {
  // What each request writes to the log is not what is measured here.
  ground = await openGround({
    settings: (name) => ({ LOG_LEVEL: 'warn', ...(name === 'auth-service' && { BCRYPT_COST: '4' }) }),
  });
});
afterAll(() => ground.close());

interface Attempt {
  crowd: Crowd;
  peak: number;
  /** Of the peak, while five times as much was asked for. */
  share: number;
  openAfterSeconds: number;
  /** Of the rate of the same callers before. */
  shareAfter: number;
  restSeconds: number;
}

const usualCallers = 16;

async function measurePeak(crowd: Crowd): Promise<{ peak: number; usual: number }> {
  const rates = new Map<number, number>();
  for (const callers of [4, usualCallers, 32, 64])
    rates.set(callers, await measureRate(crowd, callers, 3_000));
  return { peak: Math.max(...rates.values()), usual: rates.get(usualCallers) ?? 0 };
}

async function overload(): Promise<Attempt> {
  const crowd = new Crowd(ground);
  try {
    const { peak, usual } = await measurePeak(crowd);
    const { goodput, answered } = await offerRate(crowd, 5 * peak, 20_000);
    const overAt = performance.now();
    const openAfterSeconds = await awaitOpen(ground, overAt);
    await answered;
    const shareAfter = (await measureRate(crowd, usualCallers, 2_000)) / usual;
    const restSeconds = await awaitAllAtRest(ground, overAt);
    return { crowd, peak, share: goodput / peak, openAfterSeconds, shareAfter, restSeconds };
  } finally {
    crowd.close();
  }
}

function tell({ crowd, peak, share, openAfterSeconds, shareAfter }: Attempt): string {
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  return [
    `peak ${Math.round(peak)}/s`,
    `${percent(share)} of it when asked for five times as much`,
    `open ${openAfterSeconds.toFixed(1)} s after, at ${percent(shareAfter)} of the rate before`,
    `${crowd.refused} refused, ${crowd.unsent} not sent, wrong: ${JSON.stringify(crowd.wrong)}`,
  ].join('; ');
}

const isGood = ({ crowd, share, openAfterSeconds, shareAfter }: Attempt): boolean =>
  Object.keys(crowd.wrong).length === 0 && share >= 0.7 && openAfterSeconds < 5 && shareAfter >= 0.5;

it('serves on under five times what it can, refuses the rest with Retry-After, and recovers at once', async () => {
  const deaths = countDeaths(ground.stack);
  const attempts = [await overload()];
  // The machine may be at work on something else meanwhile: the better of two counts.
  if (!attempts.every(isGood)) attempts.push(await overload());
  attempts.forEach((attempt) => console.log(tell(attempt)));
  const [best] = attempts.toSorted((a, b) => Number(isGood(b)) - Number(isGood(a)) || b.share - a.share);
  expect(best!.crowd.wrong).toEqual({});
  expect(best!.share).toBeGreaterThanOrEqual(0.7);
  expect(best!.openAfterSeconds).toBeLessThan(5);
  expect(best!.shareAfter).toBeGreaterThanOrEqual(0.5);
  expect(countDeaths(ground.stack)).toBe(deaths);
  const orders = attempts.flatMap(({ crowd }) => [...crowd.orders]);
  await expectNothingLost(ground, orders);
  noteHealed('five-times-the-capacity', best!.restSeconds);
});
