import { startStack } from '../local/start-stack.ts';
import { checkPromises, listFacts } from './check-promises.ts';
import { House } from './house.ts';
import { Journal } from './journal.ts';
import { keepJournal } from './keep-journal.ts';
import { LinkProxies } from './link-proxies.ts';
import { Meter } from './meter.ts';
import { openMarket } from './open-market.ts';
import { planFaults } from './plan-faults.ts';
import type { Outcome, ProofGround, ProofOptions } from './proof-ground.ts';
import { replicaSettings } from './replica-settings.ts';
import { seededRandom } from './seeded-random.ts';
import { trade } from './trade.ts';

const replicas = 2;

async function prove(ground: ProofGround): Promise<Outcome> {
  const { choices, plan, lastsMs, house } = ground;
  const { records, healedAt } = await trade(ground);
  const seconds = house.meter.seconds.slice(0, Math.ceil(lastsMs / 1_000));
  const { breaches, ...checked } = await checkPromises(ground, healedAt);
  if (breaches.length > 0) await keepJournal(house.journal, ground.dataDirectory);
  const facts = listFacts(ground, checked);
  return { choices, plan, ...checked, breaches, facts, seconds, records, lastsMs };
}

/** Starts a shop of its own and tries to break its promises, as the seed has it. */
export async function runProof(options: ProofOptions): Promise<Outcome> {
  const { choices, dataDirectory, signal, say } = options;
  const lastsMs = choices.minutes * 60_000;
  const plan = planFaults(choices.seed, lastsMs);
  const proxies = await LinkProxies.open();
  const settings = replicaSettings(plan.wrongClock);
  const { throughPort } = proxies;
  const stack = await startStack({ port: 0, replicas, dataDirectory, settings, throughPort, signal });
  try {
    say(`the shop is open at ${stack.url}, its data in ${dataDirectory}`);
    const random = seededRandom(choices.seed, 'market');
    const house = new House(stack.url, new Journal(), new Meter());
    const market = await openMarket(house, stack.admin, { buyers: choices.buyers, random });
    return await prove({ ...options, stack, proxies, plan, house, market, lastsMs });
  } finally {
    await stack.stop();
    proxies.close();
  }
}
