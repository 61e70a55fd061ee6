import { seededRandom } from '../prove/seeded-random.ts';
import { mutate } from './mutate.ts';
import type { AttackGround } from './open-ground.ts';
import { readOperations } from './read-operations.ts';
import type { Result } from './run-attacks.ts';
import { type Answer, parse, send, type Sending } from './send.ts';
import { whyWrong } from './tell-answer.ts';

export interface MutationChoices {
  count: number;
  seed: string;
}

interface Tried {
  operation: string;
  sent: Sending;
  answer: Answer;
}

const atOnce = 4;
const slowestMs = 1_000;
const family = 'mutations';

/** Four at a time, in an order that the seed alone decides: each operation as often as any other. */
async function sendAll(ground: AttackGround, { count, seed }: MutationChoices): Promise<Tried[]> {
  const operations = readOperations();
  const tried: Tried[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const operation = operations[number % operations.length];
      if (operation === undefined) return;
      const sent = mutate(operation, seededRandom(seed, String(number)), ground);
      const answer = await send(ground.url, sent).catch(noAnswer);
      tried.push({ operation: `${number}: ${operation.method} ${operation.path}`, sent, answer });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return tried;
}

/** A connection that breaks is as bad as an error of ours. */
const noAnswer = (error: unknown): Answer => ({ status: 0, headers: {}, text: String(error), ms: 0 });
const isBroken = ({ answer }: Tried): boolean => answer.status === 0 || answer.status >= 500;

const show = ({ operation, sent, answer }: Tried): string =>
  `${operation} answers ${answer.status}: ${sent.path.slice(0, 200)} ${String(sent.body ?? '').slice(0, 300)} -> ${answer.text.slice(0, 300)}`;

function judge(name: string, expected: string, wrong: readonly Tried[]): Result {
  const got = wrong.length === 0 ? expected : `${wrong.length}\n${wrong.slice(0, 10).map(show).join('\n')}`;
  return { family, name, expected, got, verdict: wrong.length === 0 ? 'held' : 'differs' };
}

function judgeTime(tried: readonly Tried[]): Result {
  const sorted = tried.map(({ answer }) => answer.ms).sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  return {
    family,
    name: '99 of 100 answers',
    expected: `within ${slowestMs} ms`,
    got: p99 < slowestMs ? `within ${slowestMs} ms` : `within ${p99.toFixed(0)} ms`,
    verdict: p99 < slowestMs ? 'held' : 'differs',
  };
}

/** The shop checks itself, over the API as an admin would ask it. */
async function audit({ call, admin }: AttackGround): Promise<Result> {
  const answer = await call({ path: '/audit', token: admin.token });
  const isClean = answer.status === 200 && parse<{ breaches?: number }>(answer).breaches === 0;
  return {
    family,
    name: 'the audit afterwards',
    expected: 'clean',
    got: isClean ? 'clean' : `${answer.status}: ${answer.text.slice(0, 2_000)}`,
    verdict: isClean ? 'held' : 'differs',
  };
}

/** Sends what is nearly right to every operation of docs/openapi.json, and looks at what comes back. */
export async function runMutations(ground: AttackGround, choices: MutationChoices): Promise<Result[]> {
  const tried = await sendAll(ground, choices);
  const broken = tried.filter(isBroken);
  const unfit = tried.filter((one) => !isBroken(one) && whyWrong(one.answer) !== undefined);
  const many = `${tried.length} mutations, seed ${choices.seed}`;
  return [
    judge(`${many}: answers of 5xx, and none at all`, 'none', broken),
    judge(`${many}: refusals that are no problem+json`, 'none', unfit),
    judgeTime(tried),
    await audit(ground),
  ];
}
