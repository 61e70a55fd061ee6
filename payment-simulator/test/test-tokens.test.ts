import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { planSend } from '../src/charges/test-tokens.ts';
import { seededChance } from '../src/seeded-chance.ts';

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const random = (chargeId: string, number = 1, seed = 'tradepost') =>
  planSend('tok_random', { chargeId, number, seed });

/** The share of plans of each kind, in per cent. */
function shares(plans: ReturnType<typeof random>[]): Record<string, number> {
  const kindOf = (plan: (typeof plans)[number]): string => plan.outcome?.status ?? 'too late';
  const groups = Object.entries(Object.groupBy(plans, kindOf));
  return Object.fromEntries(groups.map(([kind, of = []]) => [kind, (100 * of.length) / plans.length]));
}

describe('tok_random', () => {
  const chargeIds = times(20_000, () => randomUUID());

  test('declines 20 %, is too late for 20 % and captures 60 %', () => {
    const { captured, declined, 'too late': late } = shares(chargeIds.map((chargeId) => random(chargeId)));
    // Nine standard deviations.
    expect(Math.abs(captured! - 60)).toBeLessThan(3);
    expect(Math.abs(declined! - 20)).toBeLessThan(3);
    expect(Math.abs(late! - 20)).toBeLessThan(3);
  });

  test('does the same in every run with the same seed, and something else with another', () => {
    const run = (seed: string) => chargeIds.map((chargeId) => random(chargeId, 1, seed));
    expect(run('a')).toEqual(run('a'));
    expect(run('a')).not.toEqual(run('b'));
  });

  test('declines a charge at every send or at none, and captures those that are sent often enough', () => {
    for (const chargeId of chargeIds.slice(0, 1000)) {
      const plans = times(40, (index) => random(chargeId, index + 1));
      const statuses = new Set(plans.map(({ outcome }) => outcome?.status));
      if (statuses.has('declined')) expect(statuses.size).toBe(1);
      else expect(statuses.has('captured')).toBe(true);
    }
  });
});

test('chance is spread evenly from 0 to 1', () => {
  const draws = times(10_000, (index) => seededChance('seed', index));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
});
