import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '@tradepost/service-kit/run-checks.ts';
import { mostRemembered, type Tally } from './tally.ts';

/** Compares two databases for all orders or other things, or for some. */
type Compare = (ids?: readonly string[]) => Promise<Tally[]>;

const pauseMs = 2_000;
const shownIds = 20;

function toFinding({ invariant, says, checked, breaches, ids }: Tally): Finding {
  return { invariant, says, checked, breaches, ids: [...ids].sort().slice(0, shownIds) };
}

/** What offended at both looks. */
function confirm(first: Tally, second: Tally | undefined): Tally {
  const ids = first.ids.intersection(second?.ids ?? new Set());
  return { ...first, ids, breaches: ids.size };
}

/**
 * Compares two databases, and after a pause once more what did not fit: no transaction spans both, so that a shop at
 * work moves between two looks, and an order on the move seems to be in two states at once. What is really wrong stays.
 */
export async function compareTwice(compare: Compare): Promise<Finding[]> {
  const first = await compare();
  const suspects = [...new Set(first.flatMap(({ ids }) => [...ids]))].sort();
  // So many at once are not on the move.
  const isHopeless = first.some(({ ids }) => ids.size >= mostRemembered);
  if (suspects.length === 0 || isHopeless) return first.map(toFinding);
  await sleep(pauseMs);
  const second = await compare(suspects);
  return first.map((tally, index) => toFinding(confirm(tally, second[index])));
}
