import { randomBytes, randomUUID } from 'node:crypto';
import type { AttackGround } from './open-ground.ts';
import type { Result } from './run-attacks.ts';

/** Five wrong log-ins for each account stay below the limit of ten. */
const [accounts, rounds] = [10, 5];
const tolerance = 0.1;

async function timeLogIn({ call }: AttackGround, email: string): Promise<number> {
  const json = { email, password: randomBytes(12).toString('base64url') };
  const answer = await call({ method: 'POST', path: '/auth/login', json });
  if (answer.status !== 401) throw new Error(`A wrong log-in answered ${answer.status}.`);
  return answer.ms;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Fifty wrong log-ins of known accounts and fifty of unknown ones, by turns: their medians differ by at most a tenth. */
export async function measureLogIns(ground: AttackGround): Promise<Result> {
  const known: string[] = [];
  while (known.length < accounts) known.push((await ground.register()).email);
  const unknown = known.map(() => `${randomUUID()}@example.com`);
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, email] of known.entries()) {
      times.known.push(await timeLogIn(ground, email));
      times.unknown.push(await timeLogIn(ground, unknown[index] ?? ''));
    }
  }
  const [ofKnown, ofUnknown] = [median(times.known), median(times.unknown)];
  const difference = Math.abs(ofKnown - ofUnknown) / Math.max(ofKnown, ofUnknown);
  const got = `${ofKnown.toFixed(1)} and ${ofUnknown.toFixed(1)} ms: ${(difference * 100).toFixed(1)} % apart`;
  return {
    family: 'time',
    name: `whether an account is known, by the time of ${times.known.length} log-ins each`,
    expected: 'at most 10 % apart',
    got,
    verdict: difference <= tolerance ? 'held' : 'differs',
  };
}
