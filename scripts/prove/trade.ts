import { setTimeout as sleep } from 'node:timers/promises';
import { buy } from './buy.ts';
import { NeverAnswered } from './house.ts';
import type { ProofGround } from './proof-ground.ts';
import { seededRandom } from './seeded-random.ts';
import { administer, sell } from './sell.ts';
import { showProgress } from './show-progress.ts';
import { type FaultRecord, Unleashed } from './unleash-faults.ts';

/** All is well again, and still there is no definite answer. */
const patienceMs = 60_000;

/** Sends everybody to work; each ends when the shop is closed and the last answer is there. */
function open({ market, choices, house }: ProofGround): Promise<unknown> {
  const { seed } = choices;
  const { wares } = market;
  const work = [
    ...market.buyers.map((session, index) => {
      return buy({ session, wares, random: seededRandom(seed, 'buyer', String(index)) });
    }),
    ...market.sellers.map((session, index) => {
      const own = wares.filter(({ seller }) => seller === session);
      return sell({ session, wares: own, random: seededRandom(seed, 'seller', String(index)) });
    }),
    administer(market, seededRandom(seed, 'admin')),
  ];
  const end = (error: unknown): void => {
    if (!(error instanceof NeverAnswered)) throw error;
    house.journal.breach('a request had no definite answer 60 s after healing');
  };
  return Promise.all(work.map((one) => one.catch(end)));
}

/** Trades while the faults of the plan happen, then heals everything, and waits for those who still wait. */
export async function trade(ground: ProofGround): Promise<{ records: FaultRecord[]; healedAt: number }> {
  const { stack, proxies, plan, house, lastsMs, signal } = ground;
  house.meter.begin();
  const unleashed = new Unleashed({ stack, proxies }, plan);
  const trading = open(ground);
  // Awaited below, unless the proof ends before.
  trading.catch(() => undefined);
  const progress = showProgress({
    meter: house.meter,
    lastsMs,
    paid: () => house.journal.paid.length,
    atWork: () => unleashed.atWork,
  });
  let healedAt = 0;
  try {
    // A fault of our own ends the proof at once.
    await Promise.race([sleep(lastsMs, undefined, { signal }), trading]);
  } finally {
    house.isClosed = true;
    progress.stop();
    await unleashed.heal();
    healedAt = performance.now();
    house.giveUpAt = healedAt + patienceMs;
  }
  await trading;
  return { records: unleashed.records, healedAt };
}
