import { type Attack, type Family, notTried } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';

export type Verdict = 'held' | 'differs' | 'not built' | 'not tried';

export interface Result {
  family: string;
  name: string;
  expected: string;
  got: string;
  verdict: Verdict;
}

async function runOne(attack: Attack, ground: AttackGround): Promise<Pick<Result, 'got' | 'verdict'>> {
  if (attack.needs !== undefined && !ground.operations.has(attack.needs))
    return { got: 'not built', verdict: 'not built' };
  try {
    const got = await attack.run(ground);
    if (got === notTried) return { got, verdict: 'not tried' };
    return { got, verdict: got === attack.expected ? 'held' : 'differs' };
  } catch (error) {
    return {
      got: `no answer: ${error instanceof Error ? error.message : String(error)}`,
      verdict: 'differs',
    };
  }
}

/** Runs every attack, one after the other: what one does must not be taken for the work of another. */
export async function runAttacks(
  families: readonly Family[],
  ground: AttackGround,
  onResult: (result: Result) => void = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name: family, attacks } of families) {
    for (const attack of attacks) {
      const { name, expected } = attack;
      const result = { family, name, expected, ...(await runOne(attack, ground)) };
      results.push(result);
      onResult(result);
    }
  }
  return results;
}
