import { audit } from './audit.ts';
import { awaitRest, type Rest } from './await-rest.ts';
import { checkKeys, checkPayments, checkStocks, type Sums } from './check-databases.ts';
import { checkOrders, repeatKeys } from './check-orders.ts';
import { asRoot } from './query-databases.ts';
import type { ProofGround } from './proof-ground.ts';

/** For the requests of the checks; long, because what is late was found before. */
const patienceMs = 120_000;

export interface Checked {
  sums: Sums;
  rest: Rest;
  repeated: number;
  auditLines: string[];
}

/** Waits until every order rests, and holds the shop to what it has acknowledged. */
export async function checkPromises(
  ground: ProofGround,
  healedAt: number,
): Promise<Checked & { breaches: string[] }> {
  const { stack, proxies, house, signal, say } = ground;
  const { journal } = house;
  return asRoot(stack.database, async (query) => {
    const rest = await awaitRest(query, proxies, { healedAt, signal });
    say(
      `every order ${rest.restless.length === 0 ? 'rests' : 'should rest'}, ${rest.seconds.toFixed(1)} s after healing`,
    );
    house.giveUpAt = performance.now() + patienceMs;
    const repeated = await repeatKeys(house);
    const found = await checkOrders(house);
    const { breaches: ofStock, ...sums } = await checkStocks(query, journal);
    found.push(...(await checkKeys(query, journal)), ...(await checkPayments(query, journal)), ...ofStock);
    const audited = await audit(stack);
    const breaches = [...journal.breaches, ...rest.breaches, ...rest.restless, ...found, ...audited.breaches];
    return { sums, rest, repeated, auditLines: audited.lines, breaches };
  });
}

export function listFacts(
  { house, proxies, market }: ProofGround,
  { sums, rest, repeated }: Checked,
): string[] {
  const { entries, orders } = house.journal;
  const { answers, failed } = house.meter.total;
  const [compared, keys] = [entries.reduce((sum, { repeats }) => sum + repeats, 0), entries.length];
  return [
    `${market.buyers.length} buyers, ${market.sellers.length} sellers, ${market.wares.length} products; ${sums.soldUnits} of ${sums.stockUnits} units sold`,
    `${answers} requests, ${failed} of them without a definite answer and sent again`,
    `${keys} keys, ${compared} repeats with the same answer (${repeated} of them at the end), ${proxies.repeated} requests between services repeated`,
    `${orders.size} acknowledged orders read by their buyers`,
    `every order at rest ${rest.seconds.toFixed(1)} s after healing`,
  ];
}
