import type { Login } from '../local/secrets.ts';
import { families } from './families.ts';
import type { Inside } from './look-inside.ts';
import { measureLogIns } from './measure-log-ins.ts';
import { openGround } from './open-ground.ts';
import { plantCodes } from './plant-codes.ts';
import { type Result, runAttacks } from './run-attacks.ts';
import { runMutations } from './run-mutations.ts';
import { type Find, searchSecrets } from './search-secrets.ts';

export interface AttackOptions {
  url: string;
  admin: Login;
  /** Of a shop of our own; without it neither logs nor databases can be searched. */
  inside: Inside | undefined;
  mutations: number;
  seed: string;
  /** The short form leaves out what takes long. */
  isShort?: boolean;
  onResult?: (result: Result) => void;
}

/** Nginx writes its log once a second. */
const untilLoggedMs = 2_000;

function judgeFinds(finds: readonly Find[], planted: number): Result {
  const places = [...new Set(finds.map(({ what, where }) => `${what} in ${where}`))];
  return {
    family: 'secrets',
    name: `${planted} planted passwords, tokens and codes, in all logs and databases`,
    expected: 'none',
    got: places.length === 0 ? 'none' : places.join('; '),
    verdict: places.length === 0 ? 'held' : 'differs',
  };
}

/** Attacks a shop in every way that is listed, and then looks for what the attacks and their people had to keep secret. */
export async function attackShop(options: AttackOptions): Promise<Result[]> {
  const { url, admin, inside, mutations, seed, isShort = false } = options;
  const onResult = options.onResult ?? (() => undefined);
  const ground = await openGround(url, admin, inside);
  const results = await runAttacks(families, ground, onResult);
  const add = (...more: Result[]): void => {
    results.push(...more);
    more.forEach(onResult);
  };
  if (!isShort) add(await measureLogIns(ground));
  if (mutations > 0) add(...(await runMutations(ground, { count: mutations, seed })));
  if (inside === undefined) return results;
  await plantCodes(ground);
  await new Promise((resolve) => setTimeout(resolve, untilLoggedMs));
  add(judgeFinds(await searchSecrets(inside, ground.planted), ground.planted.length));
  return results;
}
