import type { AttackGround, Person } from './open-ground.ts';
import type { Answer, ApiCall } from './send.ts';
import { tellAll } from './tell-answer.ts';

/** What the owner sees: a change by somebody else would be in it. */
async function look({ call }: AttackGround, path: string, { token }: Person): Promise<string> {
  return (await call({ path, token })).text;
}

export interface Target {
  path: string;
  owner: Person;
}

/** Sends all of them as somebody else, and sees that the owner still finds what was there. */
export async function tryAll(
  ground: AttackGround,
  { path, owner }: Target,
  calls: readonly ApiCall[],
): Promise<string> {
  const before = await look(ground, path, owner);
  const answers: Answer[] = [];
  for (const request of calls) answers.push(await ground.call(request));
  return `${tellAll(answers)}, ${(await look(ground, path, owner)) === before ? 'nothing changed' : 'changed'}`;
}
